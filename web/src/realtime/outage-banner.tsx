import { useQuery } from "@tanstack/react-query";
import { githubStatusQuery } from "../api/get-github-status";
import type { Outage } from "../api/types";
import { Moment } from "../components/time";
import { Button } from "../components/ui/button";
import { ExternalLink } from "../components/ui/external-link";
import { Icon } from "../components/ui/icon";
import { dismiss, useIsDismissed } from "../lib/dismissed";
import { instant } from "../lib/time";

const LOOK = {
  partial: { bar: "bg-waits-soft", text: "text-waits" },
  major: { bar: "bg-broke-soft", text: "text-broke" },
};

/** What GitHub says is wrong there: then a board that is quiet may not be a good sign. */
export function OutageBanner() {
  const { data } = useQuery(githubStatusQuery);
  return data?.outage ? <Bar outage={data.outage} /> : null;
}

export function Bar({ outage }: { outage: Outage }) {
  const look = LOOK[outage.level];
  if (useIsDismissed(outage.id)) return null;
  return (
    <div
      role="status"
      data-testid="outage"
      data-level={outage.level}
      className={`flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b px-4 py-2 sm:px-6 ${look.bar}`}
    >
      <Icon name="broken" className={look.text} />
      <p className="min-w-0 flex-1 basis-64 wrap-anywhere">
        <strong className={`font-semibold ${look.text}`}>GitHub: {outage.says}.</strong>{" "}
        <span dir="auto">
          {outage.incident && `${outage.incident}. `}
          {outage.since && (
            <>
              Since <Moment at={instant(outage.since)} />.{" "}
            </>
          )}
        </span>
        <span className="text-muted">What is shown may be late.</span>
      </p>
      <ExternalLink
        href={outage.url}
        label="What GitHub says about it"
        className="inline-flex min-h-6 items-center gap-1 underline"
      >
        GitHub's status <Icon name="out" size={11} />
      </ExternalLink>
      <Button onClick={() => dismiss(outage.id)}>Dismiss</Button>
    </div>
  );
}
