import { useState } from "react";
import type { WaitingNode } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Textarea } from "@/shared/ui/textarea";
import { type Said, useDecide } from "./api";

interface DecideDialogProps {
  node: WaitingNode;
  decision: Said["decision"];
  onClose: () => void;
}

export function DecideDialog({ node, decision, onClose }: DecideDialogProps) {
  const [comment, setComment] = useState("");
  const decide = useDecide(node);
  const word = decision === "approved" ? "Approve" : "Reject";
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`${word} in “${node.workflow_name}”?`}
      description={node.message ?? ""}
      footer={
        <>
          <Button onClick={onClose}>Not yet</Button>
          <Button
            variant={decision === "approved" ? "primary" : "danger"}
            busy={decide.isPending}
            onClick={() => decide.mutate({ decision, comment }, { onSettled: onClose })}
          >
            {word}
          </Button>
        </>
      }
    >
      <Field label="Comment" aside="optional" hint="The nodes after it can read it.">
        <Textarea
          rows={3}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
