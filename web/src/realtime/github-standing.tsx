import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { githubQuery } from "../api/get-github";
import type { GitHubAnswer } from "../api/types";
import { minuteOfDay } from "../lib/time";
import { useClock } from "../lib/use-clock";

/** How a repository compares with what GitHub knows: the other half of the proof, about the time before the page. */
export function GitHubStanding({ slug }: { slug: string }) {
  const { data, isError } = useQuery(githubQuery);
  const said = useClock((now) => {
    if (isError) return "Whether something was missed before cannot be told now.";
    return data ? standingOf(data, slug, now) : "Asking how this compares with GitHub…";
  });
  return (
    <div className="grid gap-1 border-line-strong border-t pt-2 text-muted text-small">
      <p role="status" data-testid="github-standing">
        {said}
      </p>
      <Link to="/dashboard/$slug/doctor" params={{ slug }} className="text-accent hover:underline">
        Check the connection to GitHub
      </Link>
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
