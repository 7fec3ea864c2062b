import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import { connectionsQuery, createConnection } from "@/shared/api/connections";
import { ApiError } from "@/shared/api/problem";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import type { FieldSchema } from "../model/fields";
import type { JsonObject } from "../model/graph";
import { withEntry } from "./fields/group-field";
import { FieldsForm } from "./fields-form";
import { FormProvider, useForm } from "./form-context";
import styles from "./inspector.module.css";

interface NewConnectionProps {
  connector: string;
  onClose: () => void;
  onCreated: (id: string) => void;
}

/** Stores a secret without leaving the editor; the form is the connector's own. */
export function NewConnection({ connector, onClose, onCreated }: NewConnectionProps) {
  const client = useQueryClient();
  const { View } = useForm();
  const { data } = useQuery(connectorsQuery);
  const found = data?.items.find((entry) => entry.name === connector);
  const [name, setName] = useState("");
  const [secret, setSecret] = useState<JsonObject>({});
  const create = useMutation({
    mutationFn: () =>
      createConnection({ connector, name: name.trim() || (found?.title ?? connector), secret }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      onCreated(id);
    },
  });
  const schema = (found?.secret_schema ?? {}) as FieldSchema;
  const problems = create.error instanceof ApiError ? create.error.problems : [];
  const atFields = problems.map((problem) => ({
    ...problem,
    field: problem.field?.replace(/^secret\./, "") ?? null,
  }));
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`New connection: ${found?.title ?? connector}`}
      description="The secret is stored encrypted and never shown again."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={create.isPending} onClick={() => create.mutate()}>
            Save connection
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <Field label="Name" hint="How you will recognise it, for example “Shop, live”.">
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <FormProvider
          value={{
            root: schema,
            values: secret,
            problems: atFields,
            locked: false,
            expressions: false,
            View,
          }}
        >
          <FieldsForm
            schema={schema}
            values={secret}
            onChange={(field, value) => setSecret(withEntry(secret, field, value))}
          />
        </FormProvider>
        {create.isError ? <Problem error={create.error} /> : null}
      </div>
    </Dialog>
  );
}
