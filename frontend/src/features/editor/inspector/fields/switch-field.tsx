import { Field } from "@/shared/ui/field";
import { Switch } from "@/shared/ui/switch";
import { hasExpression } from "../../model/expression";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

export function SwitchField({ field, value, onChange, path }: FieldProps) {
  const { locked } = useForm();
  const error = useFieldError(path);
  const mode = <ModeSwitch value={value} fixed={field.fallback} onChange={onChange} />;
  if (hasExpression(value)) {
    return (
      <Field label={field.label} hint={field.help} error={error} aside={mode}>
        <TemplateInput value={String(value)} onChange={onChange} />
      </Field>
    );
  }
  return (
    <div className={styles.switchRow}>
      <Switch
        label={field.label}
        hint={error ?? field.help}
        checked={(value ?? field.fallback) === true}
        onChange={onChange}
        disabled={locked}
      />
      {mode}
    </div>
  );
}
