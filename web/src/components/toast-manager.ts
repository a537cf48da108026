import { Toast } from "@base-ui/react/toast";
import type { Announcement } from "../realtime/announcements";

export interface ToastData {
  kind: Announcement["kind"];
  target: Announcement["target"];
  notices: number[];
}

export const toastManager = Toast.createToastManager<ToastData>();

/** Something broken stays until it was read; good news goes by itself. */
const STAYS = { broke: 12_000, waits: 12_000, fixed: 5000 };

/** Announcements that came before there was anything to show them with: that part of the page is fetched later. */
const early: { waiting: Announcement[] | null } = { waiting: [] };

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

function add({ id, kind, title, detail, target, notices = [] }: Announcement): void {
  toastManager.add({ id, title, description: detail, timeout: STAYS[kind], data: { kind, target, notices } });
}
