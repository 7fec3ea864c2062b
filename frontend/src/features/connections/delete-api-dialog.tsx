import { useMutation, useQueryClient } from "@tanstack/react-query";
import { apisQuery, deleteApi, type OwnApi } from "@/shared/api/apis";
import { connectorsQuery, nodeTypesQuery } from "@/shared/api/catalog";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";

export function DeleteApiDialog({ known, onClose }: { known: OwnApi; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteApi(known.name),
    onSuccess: async () => {
      onClose();
      await Promise.all(
        [apisQuery, connectorsQuery, nodeTypesQuery].map(({ queryKey }) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete ${known.title}?`}
      description="Its nodes leave the palette. Accounts that were connected to it stay in the list of accounts."
      confirmLabel="Delete it"
      danger
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    />
  );
}
