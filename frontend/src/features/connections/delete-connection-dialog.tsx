import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { connectionUsesQuery } from "@/shared/api/connections";
import type { Connection } from "@/shared/api/types";
import { plural } from "@/shared/lib/format";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Problem } from "@/shared/ui/problem";
import { Skeleton } from "@/shared/ui/skeleton";
import { useDelete } from "./use-connections";

interface DeleteConnectionDialogProps {
  connection: Connection;
  onClose: () => void;
}

export function DeleteConnectionDialog({ connection, onClose }: DeleteConnectionDialogProps) {
  const uses = useQuery({ ...connectionUsesQuery(connection.id), staleTime: 0 });
  const remove = useDelete(connection.id);
  const used = uses.data?.items ?? [];
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      danger
      title={`Delete “${connection.name}”?`}
      description={
        used.length > 0
          ? `${plural(used.length, "workflow")} would stop working until another connection is chosen there.`
          : "Its secret is deleted with it. This can't be undone."
      }
      confirmLabel={used.length > 0 ? "Delete it nevertheless" : "Delete the connection"}
      busy={remove.isPending || uses.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(used.length > 0, { onSuccess: onClose })}
    >
      {uses.isPending ? <Skeleton height={20} /> : null}
      {uses.isError ? <Problem error={uses.error} onRetry={() => void uses.refetch()} /> : null}
      {used.length > 0 ? (
        <ul>
          {used.map((use) => (
            <li key={use.workflow_id}>
              <Link to={`/workflows/${use.workflow_id}`}>{use.name}</Link>
              {use.published ? " (live)" : ""}
            </li>
          ))}
        </ul>
      ) : null}
    </ConfirmDialog>
  );
}
