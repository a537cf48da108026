import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { notificationsQuery } from "../api/get-notifications";
import { Page } from "../components/page";
import { Loading, SkeletonRows } from "../components/skeleton";
import { Trouble } from "../components/trouble";
import { Button } from "../components/ui/button";
import { DeviceButton, renewPush } from "../features/notices/device-button";
import { Inbox } from "../features/notices/inbox";
import { useNotifications, useUnread } from "../realtime/context";
import { usePageTab } from "./page-tab";

export default function NotificationsRoute() {
  const notifications = useNotifications();
  const unread = useUnread();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    notificationsQuery(),
  );
  const notices = useMemo(() => data?.pages.flatMap((page) => page.notifications) ?? [], [data]);
  useEffect(() => void renewPush(), []); // a subscription may have been lost, or be another user's of this browser
  usePageTab("Notifications · OmniLens", "quiet");
  return (
    <Page
      title={
        <h1 className="flex items-baseline gap-2 font-semibold text-title">
          Notifications
          {unread > 0 && <span className="font-normal text-body text-muted tabular-nums">{unread} unread</span>}
        </h1>
      }
      controls={
        <>
          <DeviceButton />
          <Button
            onClick={() => notifications.markAllRead()}
            aria-disabled={unread === 0}
            className="aria-disabled:text-dim"
          >
            Mark all as read
          </Button>
        </>
      }
    >
      {isPending && (
        <>
          <Loading what="your notifications" />
          <SkeletonRows rows={6} height={84} />
        </>
      )}
      {error && !data && <Trouble error={error} onRetry={() => void refetch()} />}
      {data && <Inbox notices={notices} onRead={(ids) => notifications.markRead(ids)} />}
      {hasNextPage && (
        <div className="px-4 pb-8 sm:px-6">
          <Button onClick={() => void fetchNextPage()} disabled={isFetchingNextPage}>
            {isFetchingNextPage ? "Loading…" : "Older ones"}
          </Button>
        </div>
      )}
    </Page>
  );
}
