import { objectOf } from "../../model/fields";
import type { FieldProps } from "../field-props";
import { FieldsForm } from "../fields-form";
import styles from "../inspector.module.css";

export function GroupField({ field, value, onChange, path }: FieldProps) {
  const values = objectOf(value);
  return (
    <fieldset className={styles.group}>
      <legend>{field.label}</legend>
      {field.help ? <p className={styles.help}>{field.help}</p> : null}
      <FieldsForm
        schema={field.schema}
        values={values}
        path={path}
        onChange={(name, inner) => onChange(withEntry(values, name, inner))}
      />
    </fieldset>
  );
}

export function withEntry(
  values: ReturnType<typeof objectOf>,
  name: string,
  value: ReturnType<typeof objectOf>[string] | undefined,
) {
  const { [name]: _, ...rest } = values;
  return value === undefined ? rest : { ...values, [name]: value };
}
