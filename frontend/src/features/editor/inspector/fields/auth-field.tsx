import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { type Choice, fieldsOf, objectOf } from "../../model/fields";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { useFieldError } from "../use-field-error";
import { ConnectionPicker } from "./connection-picker";

/** Which kind of secret goes along, and the connection that holds it. The secret itself never stands here. */
export function AuthField({ field, value, onChange, path }: FieldProps) {
  const { root, locked } = useForm();
  const auth = objectOf(value);
  const [kindField] = fieldsOf(field.schema, root).filter((inner) => inner.name === "kind");
  const choices: readonly Choice[] = kindField?.choices ?? [];
  const kind = typeof auth.kind === "string" ? auth.kind : "none";
  const missing = useFieldError(`${path}.connection_id`);
  const wrong = useFieldError(path);
  const error = missing ?? wrong;
  return (
    <div className={styles.stack}>
      <Field label={field.label} hint={field.help} error={kind === "none" ? error : undefined}>
        <Select
          value={kind}
          onChange={(next) =>
            onChange(next === "none" ? undefined : { kind: next, connection_id: null })
          }
          options={choices.map((choice) => ({ value: String(choice.value), label: choice.label }))}
          disabled={locked}
        />
      </Field>
      {kind === "none" ? null : (
        <ConnectionPicker
          connector={kind}
          value={typeof auth.connection_id === "string" ? auth.connection_id : null}
          onChange={(connection_id) => onChange({ ...auth, kind, connection_id })}
          error={error}
        />
      )}
    </div>
  );
}
