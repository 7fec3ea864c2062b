import { useState } from "react";
import { Field } from "@/shared/ui/field";
import { hasExpression } from "../../model/expression";
import type { JsonValue } from "../../model/graph";
import type { FieldProps } from "../field-props";
import styles from "../inspector.module.css";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

/** For whatever has no form of its own: JSON, with expressions inside its texts or as the whole. */
export function JsonField({ field, value, onChange, path }: FieldProps) {
  const error = useFieldError(path);
  return (
    <Field label={field.label} hint={field.help} error={error} required={field.required}>
      <JsonInput value={value} onChange={onChange} />
    </Field>
  );
}

interface JsonInputProps {
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

export function JsonInput({ value, onChange }: JsonInputProps) {
  const [draft, setDraft] = useState<{ text: string; of: JsonValue | undefined } | null>(null);
  const text = draft !== null && draft.of === value ? draft.text : written(value);
  const wrong = text.trim() !== "" && read(text) === undefined;
  return (
    <>
      <TemplateInput
        multiline
        code
        value={text}
        onChange={(next) => {
          const parsed = next.trim() === "" ? undefined : read(next);
          const stays = parsed === undefined && next.trim() !== "";
          setDraft({ text: next, of: stays ? value : parsed });
          if (!stays) onChange(parsed);
        }}
      />
      {wrong ? (
        <p className={styles.jsonWrong}>Not valid JSON yet: the last valid value is kept.</p>
      ) : null}
    </>
  );
}

function written(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" && hasExpression(value) ? value : JSON.stringify(value, null, 2);
}

/** A whole expression stands for itself; anything else has to be JSON. */
function read(text: string): JsonValue | undefined {
  if (/^\s*\{\{[\s\S]*\}\}\s*$/.test(text)) return text.trim();
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
