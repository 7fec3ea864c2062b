import { useState } from "react";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { StartCards } from "./start-cards";
import { useCreateFromStart } from "./use-create";

interface NewWorkflowDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function NewWorkflowDialog({ open, onOpenChange }: NewWorkflowDialogProps) {
  const [name, setName] = useState("");
  const create = useCreateFromStart();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="wide"
      title="New workflow"
      description="Give it a name and choose how it begins."
    >
      <Field label="Name">
        <Input
          value={name}
          maxLength={200}
          placeholder="Untitled workflow"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <StartCards
        withEmpty
        disabled={create.isPending}
        onChoose={(start) => create.mutate({ name: name.trim() || "Untitled workflow", start })}
      />
      {create.isError ? <Problem error={create.error} /> : null}
    </Dialog>
  );
}
