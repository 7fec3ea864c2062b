import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fieldErrors } from "@/shared/api/problem";
import type { JsonValue, Variable } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { Segmented } from "@/shared/ui/segmented";
import { Switch } from "@/shared/ui/switch";
import { Textarea } from "@/shared/ui/textarea";
import styles from "./parts.module.css";
import { putVariable, type VariableChange, variablesQuery } from "./variables-api";

type Kind = "text" | "json";

interface VariableDialogProps {
  /** The one to change; without it, a new one is made. */
  variable?: Variable;
  onClose: () => void;
}

export function VariableDialog({ variable, onClose }: VariableDialogProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(variable));
  const put = useMutation({
    mutationFn: () => putVariable(draft.name.trim(), changeOf(draft, variable)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: variablesQuery.queryKey });
      onClose();
    },
  });
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const wrongJson = draft.kind === "json" && !draft.secret && parsed(draft.text) === undefined;
  const keeps = variable?.secret === true && draft.secret && draft.text === "";
  const errors = fieldErrors(put.error);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={variable ? `Change ${variable.name}` : "New variable"}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="variable"
            variant="primary"
            busy={put.isPending}
            disabled={draft.name.trim() === "" || (draft.text === "" && !keeps) || wrongJson}
          >
            Save
          </Button>
        </>
      }
    >
      <form
        id="variable"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          put.mutate();
        }}
      >
        {variable ? null : (
          <NameField
            name={draft.name}
            error={errors["path.name"] ?? errors.name}
            onChange={(name) => set({ name })}
          />
        )}
        <Field
          label="Value"
          required
          hint={variable?.secret ? "Leave it empty to keep the one there is." : undefined}
          error={errors.value ?? (wrongJson && draft.text !== "" ? "This is not JSON yet." : null)}
          aside={
            draft.secret ? null : (
              <Segmented
                label="Kind of value"
                value={draft.kind}
                onChange={(kind) => set({ kind })}
                options={[
                  { value: "text", label: "Text" },
                  { value: "json", label: "JSON" },
                ]}
              />
            )
          }
        >
          <Textarea
            code
            autoComplete="off"
            value={draft.text}
            placeholder={variable?.secret ? "•••" : undefined}
            onChange={(event) => set({ text: event.target.value })}
          />
        </Field>
        <Switch
          label="Secret"
          hint="Stored encrypted, never shown again, and masked in runs, logs and errors."
          checked={draft.secret}
          onChange={(secret) => set({ secret })}
        />
        <Field label="Description" hint="What it is for.">
          <Input
            value={draft.description}
            maxLength={500}
            onChange={(event) => set({ description: event.target.value })}
          />
        </Field>
        {put.isError && Object.keys(errors).length === 0 ? <Problem error={put.error} /> : null}
      </form>
    </Dialog>
  );
}

interface NameFieldProps {
  name: string;
  error: string | undefined;
  onChange: (name: string) => void;
}

function NameField({ name, error, onChange }: NameFieldProps) {
  return (
    <Field
      label="Name"
      hint={`Letters, digits and _. Expressions read it as $vars.${name.trim() || "name"}`}
      error={error}
      required
    >
      <Input code value={name} maxLength={100} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

interface Draft {
  name: string;
  text: string;
  kind: Kind;
  secret: boolean;
  description: string;
}

function draftOf(variable: Variable | undefined): Draft {
  if (variable === undefined)
    return { name: "", text: "", kind: "text", secret: false, description: "" };
  const { name, value, secret, description } = variable;
  const plain = typeof value === "string";
  const text = secret ? "" : plain ? value : JSON.stringify(value, null, 2);
  return { name, text, kind: secret || plain ? "text" : "json", secret, description };
}

function changeOf(draft: Draft, variable: Variable | undefined): VariableChange {
  const { text, kind, secret, description } = draft;
  const rest = { secret, description };
  if (variable?.secret && text === "") return rest;
  return { ...rest, value: secret || kind === "text" ? text : (parsed(text) ?? null) };
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
