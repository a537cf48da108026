import type { PageState } from "../../api/types";
import type { Connection } from "../../realtime/connection-state";

/** What a page knows of itself: how it is connected, and up to where it has seen its repository. */
export function pageState(connection: Connection, answers: [unknown, unknown][], openedFor: number): PageState {
  const positions = answers.flatMap(([, answer]) => (isLive(answer) ? [answer] : []));
  const oldest = positions.sort((one, other) => one.seq - other.seq)[0];
  return {
    phase: connection.phase,
    cause: connection.phase === "failed" ? connection.cause.slice(0, 300) : "",
    latency: connection.latency === null ? null : Math.round(connection.latency),
    seq: oldest?.seq ?? null,
    epoch: oldest?.epoch ?? "",
    polled: Object.keys(connection.polled).length > 0,
    visible_for: Math.round(openedFor / 1000),
  };
}

function isLive(answer: unknown): answer is { seq: number; epoch: string } {
  return typeof answer === "object" && answer !== null && "seq" in answer && "epoch" in answer;
}
