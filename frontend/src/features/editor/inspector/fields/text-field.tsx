import { Field } from "@/shared/ui/field";
import type { FieldKind } from "../../model/fields";
import type { JsonValue } from "../../model/graph";
import type { FieldProps } from "../field-props";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

/** A list that is written one entry a line may also be given as a list. */
function isLines(kind: FieldKind, value: JsonValue): value is string[] {
  return (
    kind === "multiline" && Array.isArray(value) && value.every((line) => typeof line === "string")
  );
}

export function TextField({ field, value, onChange, path }: FieldProps) {
  const error = useFieldError(path);
  const text =
    typeof value === "string"
      ? value
      : value === undefined || value === null
        ? ""
        : isLines(field.kind, value)
          ? value.join("\n")
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
        multiline={field.kind === "multiline"}
      />
    </Field>
  );
}
