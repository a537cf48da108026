import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { ICON_BUTTON } from "../components/ui/button";
import { Icon } from "../components/ui/icon";

/** The page is live, and still some want to be sure: all that it shows is asked for anew. */
export function RefreshButton() {
  const queries = useQueryClient();
  const busy = useIsFetching() > 0;
  return (
    <button
      type="button"
      aria-label="Refresh"
      title="Ask for all of it anew, although it is live"
      aria-busy={busy}
      onClick={() => void queries.invalidateQueries()}
      className={ICON_BUTTON}
    >
      <Icon name="refresh" size={13} className={busy ? "motion-safe:animate-spin" : ""} />
    </button>
  );
}
