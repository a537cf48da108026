/** Notices that the browser itself shows, outside of the page. */
export type Permission = "default" | "granted" | "denied" | "impossible";

const VISIBLE = "omnilens.visible";
/** Tabs in the background may hear of the same a while later. */
const HELD_FOR = 10_000;

export const permission = (): Permission =>
  typeof Notification === "undefined" || !navigator.locks ? "impossible" : Notification.permission;

export const askForPermission = async (): Promise<Permission> => Notification.requestPermission();

/** Holds a lock as long as this tab can be seen, so that every other tab of ours can find out that one can. */
export function markWhileVisible(): void {
  if (!navigator.locks) return;
  let release: (() => void) | undefined;
  const look = () => {
    if (document.visibilityState !== "visible") {
      release?.();
      release = undefined;
    } else if (!release) {
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      navigator.locks.request(VISIBLE, { mode: "shared" }, () => held).catch(() => {});
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
}

interface DeviceNotice {
  id: string;
  title: string;
  detail: string;
  open: () => void;
}

/** Shows it unless a tab of ours can be seen, and once, however many tabs there are. */
export async function showOnDevice(notice: DeviceNotice): Promise<void> {
  if (permission() !== "granted") return;
  const { held = [] } = await navigator.locks.query();
  if (held.some(({ name }) => name === VISIBLE)) return;
  await navigator.locks.request(`omnilens.notice ${notice.id}`, { ifAvailable: true }, async (mine) => {
    if (!mine) return;
    show(notice);
    await new Promise((resolve) => setTimeout(resolve, HELD_FOR));
  });
}

function show({ id, title, detail, open }: DeviceNotice): void {
  try {
    const shown = new Notification(title, { body: detail, tag: id, icon: "/favicon-broke.svg" });
    shown.onclick = () => {
      window.focus();
      open();
      shown.close();
    };
  } catch {
    // Where only a service worker may show any, there are none without it.
  }
}
