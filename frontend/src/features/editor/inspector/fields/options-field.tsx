import { Field } from "@/shared/ui/field";
import { hasExpression } from "../../model/expression";
import type { JsonValue } from "../../model/graph";
import { optionsOf, unmetOf } from "../../model/options";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";
import { OptionsPicker } from "./options-picker";

/** One of what the service lists. The document keeps its id. */
export function OptionsField({ field, value, onChange, path }: FieldProps) {
  const { root, values } = useForm();
  const error = useFieldError(path);
  const text = String(value ?? field.fallback ?? "");
  const hint = optionsOf(field.schema, root);
  const unmet = hint === null ? null : unmetOf(hint, root, values);
  const typed = hasExpression(value) || unmet?.why === "expression";
  // Where something is chosen unless told otherwise, nothing has to be said too.
  const unsaid = !field.required && !field.fallback;
  const set = (next: string) => onChange(next === "" && unsaid ? undefined : of(next));
  const of = (next: string): JsonValue =>
    isNumeric(field.schema.type, next) ? Number(next) : next;
  return (
    <Field
      label={field.label}
      hint={
        unmet?.why === "expression" && !hasExpression(value)
          ? `“${unmet.label}” is known in a run alone, so nothing can be listed: give the id.`
          : field.help
      }
      error={error}
      required={field.required}
      aside={
        <ModeSwitch value={value} fixed={field.required ? "" : undefined} onChange={onChange} />
      }
    >
      {typed ? (
        <TemplateInput value={text} onChange={set} />
      ) : (
        <OptionsPicker field={field} chosen={text === "" ? [] : [text]} onChoose={set} />
      )}
    </Field>
  );
}

function isNumeric(type: string | string[] | undefined, text: string): boolean {
  const numeric = [type].flat().some((one) => one === "integer" || one === "number");
  return numeric && text !== "" && !Number.isNaN(Number(text));
}
