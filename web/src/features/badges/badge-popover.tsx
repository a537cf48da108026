import { useRef, useState } from "react";
import { Popover } from "../../components/popover";
import type { PopoverProps } from "../../components/popover-button";
import { Button } from "../../components/ui/button";
import { Icon } from "../../components/ui/icon";
import { badgeMarkdown, badgePath } from "./badge-address";

interface BadgePopoverProps extends PopoverProps {
  slug: string;
  name: string;
  workflows: string[];
}

const FIELD = "h-7 w-full min-w-0 rounded-md border border-line-strong bg-bg px-2 text-ink text-small";

export default function BadgePopover({ slug, name, workflows, ...popover }: BadgePopoverProps) {
  const [workflow, setWorkflow] = useState("");
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const markdown = badgeMarkdown(location.origin, slug, name, workflow);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(markdown);
      setCopied(true);
    } catch {
      // Only pages over TLS, or of this machine, may write there; what is selected can be copied by hand.
    }
  };
  return (
    <Popover {...popover} title="Badge" testId="badge" align="end">
      <div className="grid gap-2 px-2 pb-2">
        <img
          src={badgePath(slug, workflow)}
          alt="The badge as it is now"
          height={20}
          className="h-5 justify-self-start"
        />
        <label className="grid gap-1 text-muted text-small">
          Of
          <select
            value={workflow}
            onChange={(event) => {
              setWorkflow(event.target.value);
              setCopied(false);
            }}
            className={FIELD}
          >
            <option value="">the whole repository</option>
            {workflows.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <div className="flex gap-2">
          <input ref={field} readOnly aria-label="Markdown" value={markdown} className={`${FIELD} font-mono`} />
          <Button onClick={() => void copy()}>
            <Icon name={copied ? "check" : "copy"} size={12} />
            {copied ? "Copied" : "Copy"}
          </Button>
        </div>
        <p role="status" className="sr-only">
          {copied ? "The Markdown is copied" : ""}
        </p>
        <p className="text-dim text-small">
          Shown to those who may see the repository. To everybody only where the operator has set
          OMNILENS_PUBLIC_BADGES, and the repository is public.
        </p>
      </div>
    </Popover>
  );
}
