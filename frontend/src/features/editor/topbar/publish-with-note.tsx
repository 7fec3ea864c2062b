import { useState } from "react";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Textarea } from "@/shared/ui/textarea";
import type { usePublish } from "./use-publish";

interface PublishWithNoteProps {
  publish: ReturnType<typeof usePublish>;
  onClose: () => void;
}

export function PublishWithNote({ publish, onClose }: PublishWithNoteProps) {
  const [note, setNote] = useState("");
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Publish with a note"
      footer={
        <Button
          variant="primary"
          onClick={() => {
            publish.mutate(note.trim());
            onClose();
          }}
        >
          Publish now
        </Button>
      }
    >
      <Field label="What changed" hint="Shown in the list of versions.">
        <Textarea value={note} maxLength={1000} onChange={(event) => setNote(event.target.value)} />
      </Field>
    </Dialog>
  );
}
