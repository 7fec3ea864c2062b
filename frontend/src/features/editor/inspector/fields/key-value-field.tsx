import { Plus, X } from "lucide-react";
import { ended } from "@/shared/lib/ended";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/graph";
import { problemsInside } from "../../model/problems";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { TemplateInput } from "../template-input";

/** Names and values side by side. Kept as a list of pairs where the schema has one, else as an object. */
export function KeyValueField({ field, value, onChange, path }: FieldProps) {
  const { problems, locked } = useForm();
  const listed = field.schema.type === "array" || Array.isArray(value);
  const pairs = pairsOf(value);
  const write = (next: JsonObject[]) =>
    onChange(next.length === 0 && !field.required ? undefined : listed ? next : asObject(next));
  const change = (index: number, part: JsonObject) =>
    write(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  const [problem] = problemsInside(problems, path);
  return (
    <fieldset className={styles.list}>
      <legend>{field.label}</legend>
      {field.help ? <p className={styles.help}>{field.help}</p> : null}
      {pairs.map((pair, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a pair is its position
        <div key={index} className={styles.pair}>
          <TemplateInput
            label={`${field.label} name ${index + 1}`}
            placeholder="Name"
            value={textOf(pair.name)}
            onChange={(name) => change(index, { name })}
          />
          <TemplateInput
            label={`${field.label} value ${index + 1}`}
            placeholder="Value"
            value={textOf(pair.value)}
            onChange={(text) => change(index, { value: text })}
          />
          {locked ? null : (
            <IconButton
              size="small"
              label="Remove"
              icon={<X aria-hidden />}
              onClick={() => write(pairs.filter((_, at) => at !== index))}
            />
          )}
        </div>
      ))}
      {problem ? (
        <p className={styles.wrong}>
          {ended(problem.message)} {problem.hint}
        </p>
      ) : null}
      {locked ? null : (
        <Button
          size="small"
          variant="quiet"
          className={styles.addOption}
          icon={<Plus aria-hidden />}
          onClick={() => write([...pairs, { name: "", value: "" }])}
        >
          Add to {field.label.toLowerCase()}
        </Button>
      )}
    </fieldset>
  );
}

function pairsOf(value: JsonValue | undefined): JsonObject[] {
  if (Array.isArray(value)) return value.filter(isJsonObject);
  return isJsonObject(value)
    ? Object.entries(value).map(([name, inner]) => ({ name, value: inner }))
    : [];
}

function asObject(pairs: JsonObject[]): JsonObject {
  return Object.fromEntries(pairs.map((pair) => [textOf(pair.name), pair.value ?? ""]));
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string"
    ? value
    : value === undefined || value === null
      ? ""
      : JSON.stringify(value);
}
