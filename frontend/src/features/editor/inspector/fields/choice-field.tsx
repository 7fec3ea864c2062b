import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { hasExpression } from "../../model/expression";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

export function ChoiceField({ field, value, onChange, path }: FieldProps) {
  const { locked } = useForm();
  const error = useFieldError(path);
  const chosen = value ?? field.fallback;
  return (
    <Field
      label={field.label}
      hint={field.help}
      error={error}
      required={field.required}
      aside={<ModeSwitch value={value} fixed={field.fallback} onChange={onChange} />}
    >
      {hasExpression(value) ? (
        <TemplateInput value={String(value)} onChange={onChange} />
      ) : (
        <Select
          value={chosen === undefined || chosen === null ? undefined : String(chosen)}
          onChange={(key) =>
            onChange(field.choices.find((choice) => String(choice.value) === key)?.value)
          }
          options={field.choices.map((choice) => ({
            value: String(choice.value),
            label: choice.label,
          }))}
          disabled={locked}
        />
      )}
    </Field>
  );
}
