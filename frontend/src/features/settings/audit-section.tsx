import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AuditEntry } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { RelativeTime } from "@/shared/ui/relative-time";
import { Select } from "@/shared/ui/select";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { auditQuery, membersQuery } from "./api";
import { kinds, sentence } from "./audit-words";
import styles from "./parts.module.css";

export function AuditSection() {
  const [kind, setKind] = useState("");
  const [member, setMember] = useState("");
  const query = useInfiniteQuery(auditQuery({ kind, member_id: member }));
  const members = useQuery(membersQuery);
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const people = members.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.text}>Who changed what.</p>
        <div className={styles.filters}>
          <Select fit label="Of what" value={kind} onChange={setKind} options={kinds} />
          <Select
            fit
            label="By whom"
            value={member}
            onChange={setMember}
            options={[{ value: "", label: "By anybody" }, ...people]}
          />
        </div>
      </div>
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Sheet>
        {query.isPending ? <SkeletonRows rows={6} height={44} /> : null}
        {query.isSuccess && entries.length === 0 ? (
          <Nothing filtered={kind + member !== ""} />
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

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <EmptyState title="Nothing of that kind">Choose another kind, or anybody.</EmptyState>
  ) : (
    <EmptyState title="Nothing yet">The first change will stand here.</EmptyState>
  );
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  return (
    <li className={styles.row}>
      <p className={styles.main} title={`${entry.action} ${entry.subject_id}`}>
        {sentence(entry)}
      </p>
      <span className={styles.line}>
        <RelativeTime at={entry.created_at} />
      </span>
    </li>
  );
}
