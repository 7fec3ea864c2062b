import { useRef } from "react";
import { cx } from "@/shared/lib/cx";
import { Field, useFieldControl } from "@/shared/ui/field";
import { useNodeState } from "../../run/shown-run";
import { useSelectedNodeId } from "../../store";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import { useFieldError } from "../use-field-error";
import styles from "./code-field.module.css";

/** Code with its lines numbered, and the one marked that failed or can't be read. Braces in it are no expressions. */
export function CodeField({ field, value, onChange, path }: FieldProps) {
  const problem = useFieldError(path);
  const nodeId = useSelectedNodeId();
  const failed = useNodeState(nodeId ?? "")?.error;
  const text = typeof value === "string" ? value : "";
  const failedLine = typeof failed?.line === "number" ? failed.line : null;
  const line = problem === undefined ? failedLine : lineNamed(problem);
  const stillThere = line !== null && line <= text.split("\n").length;
  const error =
    problem ?? (failed && failedLine !== null && stillThere ? lastRun(failed.message) : undefined);
  return (
    <Field label={field.label} hint={field.help} error={error} required={field.required}>
      <Lines
        text={text}
        marked={stillThere ? line : null}
        placeholder={typeof field.schema.examples?.[0] === "string" ? field.schema.examples[0] : ""}
        onChange={(typed) => onChange(typed === "" && !field.required ? undefined : typed)}
      />
    </Field>
  );
}

function lastRun(message: string): string {
  return `In the shown run: ${message}`;
}

/** Problems of code say "line 3: …". */
function lineNamed(problem: string): number | null {
  const named = /\bline (\d+)\b/.exec(problem)?.[1];
  return named === undefined ? null : Number(named);
}

interface LinesProps {
  text: string;
  marked: number | null;
  placeholder: string;
  onChange: (text: string) => void;
}

function Lines({ text, marked, placeholder, onChange }: LinesProps) {
  const { locked } = useForm();
  const control = useFieldControl({});
  const gutter = useRef<HTMLDivElement>(null);
  const numbers = text.split("\n").map((_, index) => index + 1);
  return (
    <div className={styles.frame} data-invalid={control["aria-invalid"]}>
      <div className={styles.gutter} ref={gutter} aria-hidden>
        {numbers.map((number) => (
          <span key={number} className={cx(number === marked && styles.marked)}>
            {number}
          </span>
        ))}
      </div>
      <textarea
        {...control}
        className={styles.area}
        rows={Math.min(Math.max(numbers.length + 1, 6), 24)}
        wrap="off"
        value={text}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        readOnly={locked}
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
