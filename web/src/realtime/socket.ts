import { io, type Socket } from "socket.io-client";
import type {
  AlertTold,
  ClaimChanged,
  FiguresTold,
  GitHubStatus,
  HistoryProgress,
  Notification,
  Update,
} from "../api/types";
import type { OperationsAnswer } from "./operations";
import type { Polled } from "./polling";
import type { SubscribeAnswer } from "./updates";

export type WatchAnswer =
  | { ok: true; unread: number; newest: number; pending: Notification[]; now: string }
  | { ok: false; error: string; code: string };

interface ServerEvents {
  "workflow-update": (update: Update) => void;
  "job-update": (update: Update) => void;
  "history-progress": (progress: HistoryProgress) => void;
  "claim-changed": (changed: ClaimChanged) => void;
  "access-revoked": (about: { slug: string }) => void;
  notification: (notification: Notification) => void;
  "notification-changed": (notification: Notification) => void;
  "notifications-read": (read: { ids: number[]; unread: number }) => void;
  "github-status": (status: GitHubStatus) => void;
  "marks-changed": (about: { slug: string; version: number }) => void;
  "realtime-disabled": (about: { slug: string } & Polled) => void;
  "realtime-enabled": (about: { slug: string }) => void;
  "repos-changed": () => void;
  "server-draining": () => void;
  alert: (told: AlertTold) => void;
  operations: (told: FiguresTold) => void;
  "operations-changed": (told: { what: "flags" | "problems" }) => void;
}

interface ClientEvents {
  "subscribe-repo": (
    request: { slug: string; since: number; epoch: string },
    answer: (answer: SubscribeAnswer) => void,
  ) => void;
  "unsubscribe-repo": (slug: string) => void;
  "watch-notifications": (request: { since: number }, answer: (answer: WatchAnswer) => void) => void;
  "notifications-seen": (ids: number[]) => void;
  "watch-operations": (request: { figures: boolean }, answer: (answer: OperationsAnswer) => void) => void;
  "confirm-updates": (answer: (answer: { wanted: boolean }) => void) => void;
  "update-shown": (seq: number) => void;
}

export type LiveSocket = Socket<ServerEvents, ClientEvents>;

export function createSocket(): LiveSocket {
  return io({
    transports: ["websocket"],
    autoConnect: false,
    reconnectionDelay: 500,
    reconnectionDelayMax: 3000,
    randomizationFactor: 0.5,
  });
}

/**
 * The manager chooses a jittered delay before each attempt but does not tell it. Readers should see when the next
 * attempt comes, so its backoff is asked to report what it chose.
 */
export function onRetryDelay(socket: LiveSocket, listener: (ms: number) => void): void {
  const { backoff } = socket.io as unknown as { backoff?: { duration(): number } };
  if (!backoff) return;
  const choose = backoff.duration.bind(backoff);
  backoff.duration = () => {
    const ms = choose();
    listener(ms);
    return ms;
  };
}
