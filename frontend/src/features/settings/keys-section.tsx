import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ApiKey } from "@/shared/api/types";
import { capitalized } from "@/shared/lib/capitalized";
import { exactTime } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { IconButton } from "@/shared/ui/icon-button";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { RelativeTime } from "@/shared/ui/relative-time";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { deleteKey, keysQuery } from "./api";
import { NewKeyDialog } from "./new-key-dialog";
import styles from "./parts.module.css";

export function KeysSection() {
  const [adding, setAdding] = useState(false);
  const query = useQuery(keysQuery);
  const keys = query.data?.items ?? [];
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New key
    </Button>
  );
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.text}>For programs that call Nodeloom: one workspace, one role.</p>
        {keys.length > 0 ? add : null}
      </div>
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Sheet>
        {query.isPending ? <SkeletonRows rows={2} height={60} /> : null}
        {query.isSuccess && keys.length === 0 ? (
          <EmptyState icon={<KeyRound aria-hidden />} title="No API keys yet" action={add}>
            A program sends its key as <code>Authorization: Bearer nl_…</code>
          </EmptyState>
        ) : null}
        <ul>
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </ul>
      </Sheet>
      {adding ? <NewKeyDialog onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteKey(apiKey.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  return (
    <li className={styles.row}>
      <div className={styles.main}>
        <p className={styles.name}>{apiKey.name}</p>
        <p className={styles.line}>
          <code>{apiKey.prefix}…</code> ·{" "}
          {apiKey.last_used_at ? (
            <>
              used <RelativeTime at={apiKey.last_used_at} />
            </>
          ) : (
            "not used yet"
          )}
          {apiKey.expires_at ? ` · ends ${exactTime(apiKey.expires_at)}` : " · never ends"}
        </p>
      </div>
      <Chip>{capitalized(apiKey.role)}</Chip>
      <IconButton
        label={`Delete ${apiKey.name}`}
        icon={<Trash2 aria-hidden />}
        onClick={() => setDeleting(true)}
      />
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        danger
        title={`Delete the key “${apiKey.name}”?`}
        description="Programs that use it are refused at once."
        confirmLabel="Delete the key"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}
