import { Dialog } from "@base-ui/react/dialog";
import { Kbd } from "../components/ui/kbd";

const SHORTCUTS: [string[], string][] = [
  [["Ctrl", "K"], "Go to, or do: all of this, too"],
  [["j", "↓"], "Next card"],
  [["k", "↑"], "Card before"],
  [["Enter"], "Open the card"],
  [["Esc"], "Back to where it belongs"],
  [["/"], "Search"],
  [["r"], "Rewind a board; Esc goes back to live"],
  [["←", "→"], "Update before and after, rewound"],
  [["Space"], "Play and pause, rewound"],
  [["n"], "What you were told"],
  [["a"], "Add a repository"],
  [["t"], "Light or dark"],
  [["?"], "This sheet"],
];

export default function ShortcutsSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Popup
          data-overlay
          className="fixed top-1/2 left-1/2 z-50 w-[min(360px,92vw)] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line-strong bg-raised p-5 shadow-xl outline-none"
        >
          <Dialog.Title className="mb-3 font-semibold text-title">Keyboard</Dialog.Title>
          <dl className="grid gap-2">
            {SHORTCUTS.map(([keys, meaning]) => (
              <div key={meaning} className="flex items-center justify-between gap-4">
                <dt className="flex gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dt>
                <dd className="text-muted">{meaning}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
