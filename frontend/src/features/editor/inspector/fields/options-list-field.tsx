import { X } from "lucide-react";
import { Field } from "@/shared/ui/field";
import { IconButton } from "@/shared/ui/icon-button";
import { hasExpression } from "../../model/expression";
import type { Field as FieldOfForm } from "../../model/fields";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";
import { OptionsPicker, useOptionLabel } from "./options-picker";

/** Several of what the service lists, each to be taken away again; or an expression that gives them all. */
export function OptionsListField({ field, value, onChange, path }: FieldProps) {
  const { locked } = useForm();
  const error = useFieldError(path);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const without = (gone: string) => set(chosen.filter((entry) => entry !== gone));
  const set = (entries: string[]) =>
    onChange(entries.length === 0 && !field.required ? undefined : entries);
  const choose = (entry: string) =>
    entry === "{{  }}"
      ? onChange(entry)
      : chosen.includes(entry)
        ? without(entry)
        : set([...chosen, entry]);
  return (
    <Field
      label={field.label}
      hint={field.help}
      error={error}
      required={field.required}
      aside={
        <ModeSwitch value={value} fixed={field.required ? [] : undefined} onChange={onChange} />
      }
    >
      {hasExpression(value) ? (
        <TemplateInput value={String(value)} onChange={onChange} />
      ) : (
        <>
          {chosen.length > 0 ? (
            <ul className={styles.chosen}>
              {chosen.map((entry) => (
                <Chosen
                  key={entry}
                  field={field}
                  value={entry}
                  onRemove={locked ? undefined : () => without(entry)}
                />
              ))}
            </ul>
          ) : null}
          <OptionsPicker field={field} chosen={chosen} onChoose={choose} several />
        </>
      )}
    </Field>
  );
}

interface ChosenProps {
  field: FieldOfForm;
  value: string;
  onRemove: (() => void) | undefined;
}

function Chosen({ field, value, onRemove }: ChosenProps) {
  const label = useOptionLabel(field, value);
  return (
    <li>
      {label}
      {onRemove ? (
        <IconButton
          size="small"
          label={`Remove ${label}`}
          icon={<X aria-hidden />}
          onClick={onRemove}
        />
      ) : null}
    </li>
  );
}
