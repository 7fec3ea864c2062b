import { useState } from "react";
import type { Connection } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { SHARES } from "./share-words";
import { useShare } from "./use-connections";

/** To use it is not to see it: its secret is never shown to anybody. */
export function ShareDialog({
  connection,
  onClose,
}: {
  connection: Connection;
  onClose: () => void;
}) {
  const [least, setLeast] = useState(connection.usable_by);
  const share = useShare(connection.id);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Share “${connection.name}”`}
      description="Whoever may use it can put it into workflows. Nobody sees its secret, and workflows that use it go on."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={share.isPending}
            disabled={least === connection.usable_by}
            onClick={() => share.mutate(least, { onSuccess: onClose })}
          >
            Save
          </Button>
        </>
      }
    >
      <Field label="Who may use it">
        <Select value={least} onChange={setLeast} options={SHARES} />
      </Field>
      {share.isError ? <Problem error={share.error} /> : null}
    </Dialog>
  );
}
