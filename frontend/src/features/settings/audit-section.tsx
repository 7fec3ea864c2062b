import { useInfiniteQuery } from "@tanstack/react-query";
import type { AuditEntry } from "@/shared/api/types";
import { capitalized } from "@/shared/lib/capitalized";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { RelativeTime } from "@/shared/ui/relative-time";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { auditQuery } from "./api";
import styles from "./parts.module.css";

export function AuditSection() {
  const query = useInfiniteQuery(auditQuery);
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <p className={styles.text}>Who changed what: publishing, roles, keys, connections.</p>
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Sheet>
        {query.isPending ? <SkeletonRows rows={6} height={60} /> : null}
        {query.isSuccess && entries.length === 0 ? (
          <EmptyState title="Nothing yet">The first change will stand here.</EmptyState>
        ) : null}
        <ol>
          {entries.map((entry) => (
            <EntryRow key={entry.id} entry={entry} />
          ))}
        </ol>
      </Sheet>
      {query.hasNextPage ? (
        <Button
          className={styles.more}
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Load older entries
        </Button>
      ) : null}
    </>
  );
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  const detail = Object.entries(entry.detail)
    .filter(([, value]) => value !== "" && value !== null)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
  return (
    <li className={styles.row}>
      <div className={styles.main}>
        <p className={styles.name}>{sentence(entry.action)}</p>
        <p className={styles.line} title={entry.subject_id}>
          {entry.actor}
          {detail ? ` · ${detail}` : ""}
        </p>
      </div>
      <span className={styles.line}>
        <RelativeTime at={entry.created_at} />
      </span>
    </li>
  );
}

/** "workflow.published" -> "Workflow published" */
function sentence(action: string): string {
  return capitalized(action.replace(/[._]/g, " "));
}
