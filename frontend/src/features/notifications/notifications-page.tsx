import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  Bell,
  CheckCheck,
  CircleCheck,
  CircleHelp,
  CircleX,
  EarOff,
  Plug,
  UserCheck,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { NOTIFICATIONS, unreadQuery } from "@/shared/api/notifications";
import type { Notification } from "@/shared/api/types";
import { cx } from "@/shared/lib/cx";
import { useTitle } from "@/shared/lib/use-title";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageBody, PageTop, Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { Prose } from "@/shared/ui/prose";
import { RelativeTime } from "@/shared/ui/relative-time";
import { Segmented } from "@/shared/ui/segmented";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toastProblem } from "@/shared/ui/toast";
import { notificationsQuery, readAll, readOne } from "./api";
import styles from "./notifications-page.module.css";

export function NotificationsPage() {
  useTitle("Notifications");
  const client = useQueryClient();
  const [shown, setShown] = useState<"all" | "unread">("all");
  const query = useInfiniteQuery(notificationsQuery(shown === "unread"));
  const unread = useQuery(unreadQuery).data?.count ?? 0;
  const refetch = () => client.invalidateQueries({ queryKey: NOTIFICATIONS });
  const markAll = useMutation({ mutationFn: readAll, onSuccess: refetch, onError: toastProblem });
  const markOne = useMutation({ mutationFn: readOne, onSettled: refetch });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageTop
        title="Notifications"
        actions={
          <Button
            icon={<CheckCheck aria-hidden />}
            disabled={unread === 0}
            busy={markAll.isPending}
            onClick={() => markAll.mutate()}
          >
            Mark all read
          </Button>
        }
      />
      <PageBody width="narrow">
        <div className={styles.bar}>
          <Segmented
            label="Which notifications"
            value={shown}
            onChange={setShown}
            options={[
              { value: "all", label: "All" },
              { value: "unread", label: unread > 0 ? `Unread (${unread})` : "Unread" },
            ]}
          />
          <Link to="/settings/notifications">What you are told of</Link>
        </div>
        {query.isError ? (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Sheet>
            {query.isPending ? <SkeletonRows rows={4} height={64} /> : null}
            {query.isSuccess && items.length === 0 ? <Nothing unread={shown === "unread"} /> : null}
            <ul>
              {items.map((item) => (
                <Row key={item.id} item={item} onRead={() => markOne.mutate(item.id)} />
              ))}
            </ul>
          </Sheet>
        )}
        {query.hasNextPage ? (
          <Button
            className={styles.more}
            busy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Load older ones
          </Button>
        ) : null}
      </PageBody>
    </>
  );
}

function Nothing({ unread }: { unread: boolean }) {
  return (
    <EmptyState
      icon={<Bell aria-hidden />}
      title={unread ? "Nothing unread" : "No notifications yet"}
    >
      You are told here when a published workflow begins to fail, when a connection breaks, and when
      a run waits for you.
    </EmptyState>
  );
}

const icons: Record<Notification["kind"], ReactNode> = {
  workflow_failing: <CircleX aria-hidden />,
  workflow_works_again: <CircleCheck aria-hidden />,
  connection_broken: <Plug aria-hidden />,
  trigger_broken: <EarOff aria-hidden />,
  approval: <UserCheck aria-hidden />,
  outcome: <CircleHelp aria-hidden />,
};

function Row({ item, onRead }: { item: Notification; onRead: () => void }) {
  const unread = item.read_at === null;
  return (
    <li>
      <Link
        to={item.link}
        className={cx(styles.row, unread && styles.unread)}
        onClick={unread ? onRead : undefined}
      >
        <span className={styles.icon} data-kind={item.kind}>
          {icons[item.kind]}
        </span>
        <span className={styles.main}>
          <span className={styles.title}>
            {item.title}
            {unread ? <span className={styles.dot} role="img" aria-label="unread" /> : null}
          </span>
          <span className={styles.text}>
            <Prose text={item.text} />
          </span>
        </span>
        <span className={styles.time}>
          <RelativeTime at={item.created_at} />
        </span>
      </Link>
    </li>
  );
}
