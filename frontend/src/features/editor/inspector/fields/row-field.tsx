import { Field } from "@/shared/ui/field";
import { Segmented } from "@/shared/ui/segmented";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";
import { KeyValueField } from "./key-value-field";

const ITEM = "{{ $json }}";

/** A row of a table: column by column, or an expression that gives all of it, such as the item itself. */
export function RowField(props: FieldProps) {
  const { field, value, onChange, path } = props;
  const { locked } = useForm();
  const error = useFieldError(path);
  const whole = typeof value === "string";
  return (
    <div className={styles.stack}>
      {locked ? null : (
        <Segmented
          label="What is written"
          value={whole ? "item" : "columns"}
          onChange={(next) => onChange(next === "item" ? ITEM : undefined)}
          options={[
            { value: "columns", label: "By column" },
            { value: "item", label: "The whole item" },
          ]}
        />
      )}
      {whole ? (
        <Field label={field.label} error={error}>
          <TemplateInput value={value} onChange={onChange} expression />
        </Field>
      ) : (
        <KeyValueField {...props} />
      )}
    </div>
  );
}
