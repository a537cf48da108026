import { useQuery } from "@tanstack/react-query";
import { githubQuery } from "../api/get-github";
import type { GitHubAnswer, PastFilling } from "../api/types";
import { Moment } from "../components/time";
import { instant, minuteOfDay } from "../lib/time";
import { useClock } from "../lib/use-clock";
import { doctorPath } from "../routing/paths";

/** How a repository compares with what GitHub knows: the other half of the proof, about the time before the page. */
export function GitHubStanding({ slug }: { slug: string }) {
  const { data, isError } = useQuery(githubQuery);
  const said = useClock((now) => {
    if (isError) return "Whether something was missed before cannot be told now.";
    return data ? standingOf(data, slug, now) : "Asking how this compares with GitHub…";
  });
  const past = data?.repos.find((each) => each.slug === slug)?.past;
  return (
    <div className="grid gap-1 border-line-strong border-t pt-2 text-muted text-small">
      <p role="status" data-testid="github-standing">
        {said}
      </p>
      {past && <Filling past={past} />}
      <a href={doctorPath(slug)} className="text-accent hover:underline">
        Check the connection to GitHub
      </a>
    </div>
  );
}

/** Days of the past that are being fetched in the background; nothing once all are here. */
function Filling({ past: { done, total, waiting_until, problem } }: { past: PastFilling }) {
  if (done >= total) return null;
  return (
    <div className="grid gap-1" data-testid="github-past">
      <div className="flex items-center gap-3">
        <span>
          Past days fetched: {done} of {total}
        </span>
        <progress aria-label="Past days fetched" className="history-progress flex-1" max={total} value={done} />
      </div>
      {problem && <p>{problem}</p>}
      {waiting_until && (
        <p>
          It goes on at <Moment at={instant(waiting_until)} />.
        </p>
      )}
    </div>
  );
}

export function standingOf({ configured, hint, limits, repos }: GitHubAnswer, slug: string, now: number): string {
  if (!configured) return hint ?? "";
  const repo = repos.find((each) => each.slug === slug);
  const opensAt = Math.max(0, ...limits.map((each) => (each.closed_until ? Date.parse(each.closed_until) : 0)));
  if (opensAt > now) {
    return `GitHub's limit is used up until ${minuteOfDay(opensAt)}. Live updates go on; what was missed is looked up then.`;
  }
  if (repo?.problem) return `Not compared with GitHub: ${repo.problem}`;
  if (!repo?.compared_at || repo.comparing) return "Being compared with GitHub.";
  const found =
    repo.learned === 0
      ? "nothing was missed"
      : repo.learned === 1
        ? "1 missed change was found"
        : `${repo.learned} missed changes were found`;
  return `Compared with GitHub at ${minuteOfDay(Date.parse(repo.compared_at))}: ${found}.`;
}
