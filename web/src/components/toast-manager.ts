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

export function announce(announcements: Announcement[]): void {
  for (const { id, kind, title, detail, target, notices = [] } of announcements) {
    toastManager.add({ id, title, description: detail, timeout: STAYS[kind], data: { kind, target, notices } });
  }
}
