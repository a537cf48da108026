import { Toast } from "@base-ui/react/toast";
import type { Announcement } from "../realtime/announcements";

export interface ToastData {
  /** Nothing for what is about the page itself and no run. */
  kind: Announcement["kind"] | null;
  target: Announcement["target"];
  page?: Announcement["page"];
  notices: number[];
  /** What can be done about it. */
  action?: { label: string; act: () => void };
}

export const toastManager = Toast.createToastManager<ToastData>();

/** Something broken stays until it was read; good news goes by itself. */
const STAYS = { broke: 12_000, waits: 12_000, fixed: 5000 };

/** Announcements that came before there was anything to show them with: that part of the page is fetched later. */
const early: { waiting: Announcement[] | null } = { waiting: [] };

/** Says what was done; with `undo` it can be taken back for a while. */
export function say(id: string, title: string, detail?: string, undo?: () => void): void {
  const action = undo && { label: "Undo", act: undo };
  toastManager.add({
    id,
    title,
    description: detail,
    timeout: undo ? 10_000 : 6000,
    data: { kind: null, target: undefined, notices: [], ...(action && { action }) },
  });
}

export function announce(announcements: Announcement[]): void {
  if (early.waiting) early.waiting.push(...announcements);
  else announcements.forEach(add);
}

/** From now on they are shown, and those that waited first. */
export function showAnnouncements(): void {
  const waiting = early.waiting ?? [];
  early.waiting = null;
  waiting.forEach(add);
}

function add({ id, kind, title, detail, target, page, notices = [] }: Announcement): void {
  toastManager.add({ id, title, description: detail, timeout: STAYS[kind], data: { kind, target, page, notices } });
}
