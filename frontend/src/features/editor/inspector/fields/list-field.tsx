import { ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { emptyEntry, fieldOf, objectOf } from "../../model/fields";
import type { JsonValue } from "../../model/graph";
import type { FieldProps } from "../field-props";
import { FieldsForm } from "../fields-form";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { useFieldError } from "../use-field-error";
import { withEntry } from "./group-field";

/** A list: each entry in a box of its own, to be moved and removed. */
export function ListField({ field, value, onChange, path }: FieldProps) {
  const { root, locked, View } = useForm();
  const error = useFieldError(path);
  const entries = Array.isArray(value) ? value : [];
  const entry = fieldOf("entry", field.schema.items ?? {}, root, true);
  const replace = (index: number, next: JsonValue) =>
    onChange(entries.map((old, at) => (at === index ? next : old)));
  return (
    <fieldset className={styles.list}>
      <legend>{field.label}</legend>
      {field.help ? <p className={styles.help}>{field.help}</p> : null}
      {entries.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its position
        <fieldset key={index} className={styles.entry} aria-label={`${field.label} ${index + 1}`}>
          {entry.kind === "group" ? (
            <FieldsForm
              schema={entry.schema}
              values={objectOf(item)}
              path={`${path}[${index}]`}
              onChange={(name, inner) => replace(index, withEntry(objectOf(item), name, inner))}
            />
          ) : (
            <View
              field={{ ...entry, label: `${field.label} ${index + 1}` }}
              value={item}
              path={`${path}[${index}]`}
              onChange={(next) => replace(index, next ?? "")}
            />
          )}
          {locked ? null : <EntryTools index={index} entries={entries} onChange={onChange} />}
        </fieldset>
      ))}
      {error ? <p className={styles.wrong}>{error}</p> : null}
      {locked ? null : (
        <Button
          size="small"
          variant="quiet"
          className={styles.addOption}
          icon={<Plus aria-hidden />}
          onClick={() => onChange([...entries, emptyEntry(field, root)])}
        >
          Add to {field.label.toLowerCase()}
        </Button>
      )}
    </fieldset>
  );
}

interface EntryToolsProps {
  index: number;
  entries: JsonValue[];
  onChange: (entries: JsonValue[]) => void;
}

function EntryTools({ index, entries, onChange }: EntryToolsProps) {
  const swap = (to: number) => {
    const next = entries.filter((_, at) => at !== index);
    onChange([...next.slice(0, to), entries[index] ?? null, ...next.slice(to)]);
  };
  return (
    <div className={styles.entryTools}>
      {index > 0 ? (
        <IconButton
          size="small"
          label="Move up"
          icon={<ChevronUp aria-hidden />}
          onClick={() => swap(index - 1)}
        />
      ) : null}
      {index < entries.length - 1 ? (
        <IconButton
          size="small"
          label="Move down"
          icon={<ChevronDown aria-hidden />}
          onClick={() => swap(index + 1)}
        />
      ) : null}
      <IconButton
        size="small"
        label="Remove"
        icon={<Trash2 aria-hidden />}
        onClick={() => onChange(entries.filter((_, at) => at !== index))}
      />
    </div>
  );
}
