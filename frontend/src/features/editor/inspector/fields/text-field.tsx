import { Field } from "@/shared/ui/field";
import type { FieldProps } from "../field-props";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

export function TextField({ field, value, onChange, path }: FieldProps) {
  const error = useFieldError(path);
  const text =
    typeof value === "string"
      ? value
      : value === undefined || value === null
        ? ""
        : JSON.stringify(value);
  const example = field.schema.examples?.[0];
  const placeholder =
    typeof field.fallback === "string" && field.fallback !== "" ? field.fallback : example;
  return (
    <Field
      label={field.label}
      hint={field.help}
      error={error}
      required={field.required}
      aside={<ModeSwitch value={value} fixed="" onChange={onChange} />}
    >
      <TemplateInput
        value={text}
        onChange={(typed) => onChange(typed === "" && !field.required ? undefined : typed)}
        placeholder={typeof placeholder === "string" ? placeholder : undefined}
        multiline={field.kind === "multiline" || field.kind === "code"}
        code={field.kind === "code"}
      />
    </Field>
  );
}
