import { useState } from "react";
import { Field } from "@/shared/ui/field";
import type { JsonValue } from "../../model/graph";
import type { FieldProps } from "../field-props";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

export function NumberField({ field, value, onChange, path }: FieldProps) {
  const error = useFieldError(path);
  // "1." is on its way to "1.5": what was typed stays as long as it means the same.
  const [typed, setTyped] = useState("");
  const text = numberOf(typed) === value && typed !== "" ? typed : shown(value);
  return (
    <Field
      label={field.label}
      hint={field.help}
      error={error}
      required={field.required}
      aside={<ModeSwitch value={value} fixed={undefined} onChange={onChange} />}
    >
      <TemplateInput
        value={text}
        placeholder={shown(field.fallback ?? null)}
        onChange={(next) => {
          setTyped(next);
          onChange(next.trim() === "" ? undefined : numberOf(next));
        }}
      />
    </Field>
  );
}

function numberOf(text: string): JsonValue {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? text : number;
}

function shown(value: JsonValue | undefined): string {
  return value === undefined || value === null ? "" : String(value);
}
