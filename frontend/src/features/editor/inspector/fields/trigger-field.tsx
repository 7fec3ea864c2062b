import { useQuery } from "@tanstack/react-query";
import { connectorsQuery } from "@/shared/api/catalog";
import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { awaitable, awaitedConnection, awaitedType, ownSchema } from "../../model/awaited";
import { type FieldSchema, fieldsOf, objectOf } from "../../model/fields";
import type { JsonObject, JsonValue } from "../../model/graph";
import type { NodeType } from "../../model/node-type";
import { withoutDependents } from "../../model/options";
import { useEditor } from "../../store";
import type { FieldProps } from "../field-props";
import { FieldsForm } from "../fields-form";
import { FormProvider, useForm } from "../form-context";
import styles from "../inspector.module.css";
import { useFieldError } from "../use-field-error";
import { ConnectionPicker } from "./connection-picker";
import { withEntry } from "./group-field";

/** What is waited for: a built-in kind, or any trigger of a connector with the form that it has of its own. */
export function TriggerField({ field, value, onChange, path }: FieldProps) {
  const form = useForm();
  const types = useEditor((state) => state.types);
  const connectors = useQuery(connectorsQuery);
  const trigger = objectOf(value);
  const kind = typeof trigger.type === "string" ? trigger.type : undefined;
  const error = useFieldError(`${path}.type`);
  const titleOf = (name: string) =>
    connectors.data?.items.find((connector) => connector.name === name)?.title ?? name;
  const choices = awaitable(field.schema, form.root, types, titleOf).map((choice) => ({
    value: String(choice.value),
    label: choice.label,
  }));
  const chosen = awaitedType(trigger, types);
  const set = (name: string, inner: JsonValue | undefined) =>
    onChange(
      withoutDependents(
        (chosen?.params_schema ?? {}) as FieldSchema,
        withEntry(trigger, name, inner),
        name,
      ),
    );
  return (
    <fieldset className={styles.group}>
      <legend>{field.label}</legend>
      {field.help ? <p className={styles.help}>{field.help}</p> : null}
      <Field label="Kind" error={error} required>
        <Select
          value={kind}
          onChange={(next) => onChange({ type: next })}
          options={
            kind === undefined || choices.some((choice) => choice.value === kind)
              ? choices
              : [...choices, { value: kind, label: kind, hint: "Not installed" }]
          }
          placeholder="Choose what to wait for…"
          disabled={form.locked}
        />
      </Field>
      {chosen === null ? (
        <OwnForm schema={field.schema} values={trigger} path={path} onChange={set} />
      ) : (
        <ConnectorForm type={chosen} values={trigger} path={path} onChange={set} />
      )}
    </fieldset>
  );
}

interface InnerProps {
  values: JsonObject;
  path: string;
  onChange: (name: string, value: JsonValue | undefined) => void;
}

/** Of a built-in kind; which kind it is was chosen above. */
function OwnForm({ schema, values, path, onChange }: InnerProps & { schema: FieldSchema }) {
  const form = useForm();
  const own = ownSchema(schema, form.root);
  const { type: _, ...properties } = own.properties ?? {};
  const named = fieldsOf(own, form.root).length > 0 && values.type !== undefined;
  return named ? (
    <FormProvider value={{ ...form, expressions: false }}>
      <FieldsForm schema={{ ...own, properties }} values={values} path={path} onChange={onChange} />
    </FormProvider>
  ) : null;
}

function ConnectorForm({ type, values, path, onChange }: InnerProps & { type: NodeType }) {
  const form = useForm();
  const schema = type.params_schema as FieldSchema;
  const missing = useFieldError(`${path}.connection_id`);
  const connectionId = awaitedConnection(values);
  return (
    <FormProvider value={{ ...form, root: schema, values, expressions: false, connectionId }}>
      {type.connection === null ? null : (
        <ConnectionPicker
          connector={type.connection}
          scopes={type.scopes}
          value={connectionId}
          onChange={(chosen) => onChange("connection_id", chosen)}
          error={missing}
        />
      )}
      <FieldsForm schema={schema} values={values} path={path} onChange={onChange} />
    </FormProvider>
  );
}
