import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeConnection, connectionsQuery } from "@/shared/api/connections";
import { fieldErrors } from "@/shared/api/problem";
import type { Connection, Connector } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { Switch } from "@/shared/ui/switch";
import styles from "./connect-dialog.module.css";
import { SecretForm } from "./secret-form";
import { isComplete, secretFields, secretOf } from "./secret-schema";
import { typedWay } from "./ways";

interface EditConnectionDialogProps {
  connection: Connection;
  connector: Connector | undefined;
  /** Opened because the stored secret is refused. */
  renew?: boolean;
  onClose: () => void;
}

/** A new name, a new secret, or both. The stored secret is never shown. */
export function EditConnectionDialog({
  connection,
  connector,
  renew = false,
  onClose,
}: EditConnectionDialogProps) {
  const [name, setName] = useState(connection.name);
  const [replacing, setReplacing] = useState(renew);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (body: Parameters<typeof changeConnection>[1]) =>
      changeConnection(connection.id, body),
    onSuccess: () => client.invalidateQueries({ queryKey: connectionsQuery.queryKey }),
  });
  const way = connector && isTyped(connection) ? typedWay(connector) : null;
  const fields = secretFields(way?.schema ?? null);
  const errors = fieldErrors(change.error);
  const save = () =>
    change.mutate(
      { name: name.trim(), ...(replacing ? { secret: secretOf(fields, typed) } : {}) },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Change “${connection.name}”`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="edit-connection"
            variant="primary"
            busy={change.isPending}
            disabled={name.trim() === "" || (replacing && !isComplete(fields, typed))}
          >
            Save
          </Button>
        </>
      }
    >
      <form
        id="edit-connection"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label="Name" error={errors.name}>
          <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
        </Field>
        {fields.length > 0 && !renew ? (
          <Switch
            label="Replace the secret"
            hint="The stored one can't be shown; what you give here takes its place as a whole."
            checked={replacing}
            onChange={setReplacing}
          />
        ) : null}
        {replacing ? (
          <SecretForm
            fields={fields}
            typed={typed}
            errors={errors}
            onChange={(field, value) => setTyped({ ...typed, [field]: value })}
          />
        ) : null}
      </form>
      {change.isError ? <Problem error={change.error} /> : null}
    </Dialog>
  );
}

/** A secret that came of a service's own page is renewed there. */
function isTyped({ auth }: Connection): boolean {
  return auth === "api_key" || auth === "basic";
}
