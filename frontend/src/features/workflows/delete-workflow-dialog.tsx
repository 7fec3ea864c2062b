import type { WorkflowSummary } from "@/shared/api/types";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { useDelete } from "./use-change";

interface DeleteWorkflowDialogProps {
  workflow: WorkflowSummary;
  onClose: () => void;
}

export function DeleteWorkflowDialog({ workflow, onClose }: DeleteWorkflowDialogProps) {
  const remove = useDelete(workflow.id);
  const live = workflow.published_version !== null;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      danger
      title={`Delete “${workflow.name}”?`}
      description={
        live
          ? "It is live: its triggers stop at once. The draft and all versions go; its runs stay."
          : "The draft and all versions go; its runs stay."
      }
      confirmLabel="Delete the workflow"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onClose })}
    />
  );
}
