import { useQuery } from "@tanstack/react-query";
import { githubStatusQuery } from "../../api/get-github-status";

/** On a wall nothing can be pressed, so it says only what is wrong, as long as it is. */
export function KioskOutage() {
  const { data } = useQuery(githubStatusQuery);
  const outage = data?.outage;
  if (!outage) return null;
  return (
    <p role="status" data-testid="outage" data-level={outage.level} className="mx-[12px] mt-[0.4em] truncate">
      <strong className={`font-semibold ${outage.level === "major" ? "text-broke" : "text-waits"}`}>
        GitHub: {outage.says}.
      </strong>{" "}
      {outage.incident && <span dir="auto">{outage.incident}. </span>}
      <span className="text-muted">What is shown may be late.</span>
    </p>
  );
}
