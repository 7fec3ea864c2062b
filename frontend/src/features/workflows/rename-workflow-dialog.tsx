import { useState } from "react";
import { fieldErrors } from "@/shared/api/problem";
import type { WorkflowSummary } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { useRename } from "./use-change";

interface RenameWorkflowDialogProps {
  workflow: WorkflowSummary;
  onClose: () => void;
}

export function RenameWorkflowDialog({ workflow, onClose }: RenameWorkflowDialogProps) {
  const [name, setName] = useState(workflow.name);
  const rename = useRename(workflow.id);
  const errors = fieldErrors(rename.error);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Rename the workflow"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="rename-workflow"
            variant="primary"
            busy={rename.isPending}
            disabled={name.trim() === ""}
          >
            Rename
          </Button>
        </>
      }
    >
      <form
        id="rename-workflow"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(name.trim(), { onSuccess: onClose });
        }}
      >
        <Field label="Name" error={errors.name}>
          <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
        </Field>
      </form>
      {rename.isError && !errors.name ? <Problem error={rename.error} /> : null}
    </Dialog>
  );
}
