import { ChevronDown, ChevronRight, ChevronUp, CircleX, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { emptyEntry, type Field, fieldOf, fieldsOf, objectOf } from "../../model/fields";
import type { JsonObject, JsonValue } from "../../model/graph";
import { problemsInside } from "../../model/problems";
import type { FieldProps } from "../field-props";
import { FieldsForm } from "../fields-form";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { useFieldError } from "../use-field-error";
import { withEntry } from "./group-field";
import outline from "./outline-field.module.css";

/** What gets the focus once the list has been drawn anew. */
interface Wanted {
  index: number;
  part: "row" | "body";
}

/**
 * A long list of objects: one line each, opened to be edited, one at a time. Alt and an arrow key move the line that
 * has the focus.
 */
export function OutlineField({ field, value, onChange, path }: FieldProps) {
  const { root, locked } = useForm();
  const error = useFieldError(path);
  const entries = Array.isArray(value) ? value : [];
  const entry = fieldOf("entry", field.schema.items ?? {}, root, true);
  const [open, setOpen] = useState<number | null>(entries.length === 1 ? 0 : null);
  const list = useRef<HTMLFieldSetElement>(null);
  const wanted = useRef<Wanted | null>(null);

  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const { index, part } = wanted.current;
    wanted.current = null;
    const line = list.current?.querySelectorAll(`:scope > [data-line]`)[index];
    const target = part === "row" ? "button" : "[data-body] textarea, [data-body] input";
    line?.querySelector<HTMLElement>(target)?.focus();
  });

  const move = (from: number, to: number) => {
    if (to < 0 || to >= entries.length) return;
    const rest = entries.filter((_, at) => at !== from);
    wanted.current = { index: to, part: "row" };
    setOpen(open === from ? to : open === to ? from : open);
    onChange([...rest.slice(0, to), entries[from] ?? null, ...rest.slice(to)]);
  };
  const remove = (index: number) => {
    wanted.current = { index: Math.min(index, entries.length - 2), part: "row" };
    setOpen(null);
    onChange(entries.filter((_, at) => at !== index));
  };
  const add = () => {
    wanted.current = { index: entries.length, part: "body" };
    setOpen(entries.length);
    onChange([...entries, emptyEntry(field, root)]);
  };
  const replace = (index: number, next: JsonValue) =>
    onChange(entries.map((old, at) => (at === index ? next : old)));

  return (
    <fieldset className={styles.list} ref={list}>
      <legend>{field.label}</legend>
      {field.help ? <p className={styles.help}>{field.help}</p> : null}
      {entries.map((item, index) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its position
          key={index}
          entry={entry}
          values={objectOf(item)}
          path={`${path}[${index}]`}
          name={`${field.label} ${index + 1}`}
          open={open === index}
          onToggle={() => setOpen(open === index ? null : index)}
          onMove={(by) => move(index, index + by)}
          first={index === 0}
          last={index === entries.length - 1}
          onRemove={() => remove(index)}
          onChange={(name, inner) => replace(index, withEntry(objectOf(item), name, inner))}
        />
      ))}
      {error ? <p className={styles.wrong}>{error}</p> : null}
      {locked ? null : (
        <Button
          size="small"
          variant="quiet"
          className={styles.addOption}
          icon={<Plus aria-hidden />}
          onClick={add}
        >
          Add to {field.label.toLowerCase()}
        </Button>
      )}
    </fieldset>
  );
}

interface LineProps {
  entry: Field;
  values: JsonObject;
  path: string;
  name: string;
  open: boolean;
  first: boolean;
  last: boolean;
  onToggle: () => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
  onChange: (name: string, value: JsonValue | undefined) => void;
}

function Line({ entry, values, path, name, open, first, last, ...line }: LineProps) {
  const { root, problems, locked } = useForm();
  const wrong = problemsInside(problems, path).length > 0;
  const { title, kind } = nameOf(entry, values, root);
  const keys = (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : null;
    if (!event.altKey || by === null || locked) return;
    event.preventDefault();
    line.onMove(by);
  };
  return (
    <fieldset className={outline.line} aria-label={name} data-line>
      <div className={outline.row}>
        <button
          type="button"
          className={outline.name}
          aria-expanded={open}
          onClick={line.onToggle}
          onKeyDown={keys}
        >
          {open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
          <span className={outline.title}>{title || "No name yet"}</span>
          <span className={outline.kind}>{kind}</span>
          {wrong ? (
            <CircleX className={outline.wrong} role="img" aria-label="Has a problem" />
          ) : null}
        </button>
        {locked ? null : (
          <>
            <IconButton
              size="small"
              label="Move up"
              icon={<ChevronUp aria-hidden />}
              disabled={first}
              onClick={() => line.onMove(-1)}
            />
            <IconButton
              size="small"
              label="Move down"
              icon={<ChevronDown aria-hidden />}
              disabled={last}
              onClick={() => line.onMove(1)}
            />
            <IconButton
              size="small"
              label="Remove"
              icon={<Trash2 aria-hidden />}
              onClick={line.onRemove}
            />
          </>
        )}
      </div>
      <div className={outline.body} data-body hidden={!open}>
        {open ? (
          <FieldsForm schema={entry.schema} values={values} path={path} onChange={line.onChange} />
        ) : null}
      </div>
    </fieldset>
  );
}

/** The first text of an entry names it; its first choice says of which kind it is. */
function nameOf(entry: Field, values: JsonObject, root: Parameters<typeof fieldsOf>[1]) {
  const fields = fieldsOf(entry.schema, root);
  const text = fields.find((field) => field.kind === "text");
  const choice = fields.find((field) => field.kind === "choice");
  const title = text === undefined ? undefined : values[text.name];
  const chosen = choice === undefined ? undefined : (values[choice.name] ?? choice.fallback);
  return {
    title: typeof title === "string" ? title : "",
    kind: choice?.choices.find((candidate) => candidate.value === chosen)?.label ?? "",
  };
}
