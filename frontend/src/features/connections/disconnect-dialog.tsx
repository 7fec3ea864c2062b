import type { Connection } from "@/shared/api/types";
import { plural } from "@/shared/lib/format";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { useDelete } from "./use-connections";
import { UsedBy, useUses } from "./used-by";

interface DisconnectDialogProps {
  connection: Connection;
  /** The service behind it, for people. */
  service: string;
  onClose: () => void;
}

export function DisconnectDialog({ connection, service, onClose }: DisconnectDialogProps) {
  const uses = useUses(connection.id);
  const remove = useDelete(connection.id);
  const used = uses.data?.items.length ?? 0;
  const consented = connection.auth === "oauth2" || connection.auth === "oauth1";
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      danger
      title={`Disconnect “${connection.name}”?`}
      description={
        consented
          ? `${service} is told that the access ends, unless another connection holds the same account, and what is stored of it is deleted. This can't be undone.`
          : "Its secret is deleted here; where it came from it stays valid until you withdraw it there. This can't be undone."
      }
      confirmLabel={used > 0 ? "Disconnect nevertheless" : "Disconnect"}
      busy={remove.isPending || uses.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(used > 0, { onSuccess: onClose })}
    >
      {used > 0 ? (
        <p>
          {plural(used, "workflow")} would stop working until another connection is chosen there:
        </p>
      ) : null}
      <UsedBy connectionId={connection.id} none="No workflow uses it." />
    </ConfirmDialog>
  );
}
