import { Plus, X } from "lucide-react";
import { ended } from "@/shared/lib/ended";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { Select } from "@/shared/ui/select";
import {
  type Condition,
  EMPTY_CONDITION,
  OPERATORS,
  readConditions,
  takesRight,
  writeCondition,
} from "../../model/conditions";
import { type FieldSchema, isOptionalList } from "../../model/fields";
import type { JsonValue } from "../../model/graph";
import { problemsInside } from "../../model/problems";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { TemplateInput } from "../template-input";
import { TextField } from "./text-field";

const OPTIONS = OPERATORS.map((operator) => ({ value: operator.name, label: operator.text }));

/** Rows of value, operator, value; what is one expression instead is shown as such. */
export function ConditionsField(props: FieldProps) {
  const written = typeof props.value === "string" && props.value !== "";
  return written ? <TextField {...props} /> : <ConditionRows {...props} />;
}

/** Whether all or any must hold is the parameter beside this one. */
function ConditionRows({ field, value, onChange, path }: FieldProps) {
  const { locked } = useForm();
  const rows = readConditions(value);
  const mayBeNone = isOptionalList(field);
  const write = (next: Condition[]) => onChange(next.map(writeCondition));
  return (
    <fieldset className={styles.list}>
      <legend>{field.label}</legend>
      {rows.map((row, index) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its position
          key={index}
          row={row}
          name={`Condition ${index + 1}`}
          path={`${path}[${index}]`}
          left={field.schema.items?.properties?.left}
          onChange={(part) =>
            write(rows.map((old, at) => (at === index ? { ...old, ...part } : old)))
          }
          onRemove={
            (rows.length > 1 || mayBeNone) && !locked
              ? () => write(rows.filter((_, at) => at !== index))
              : null
          }
        />
      ))}
      {locked ? null : (
        <Button
          size="small"
          variant="quiet"
          className={styles.addOption}
          icon={<Plus aria-hidden />}
          onClick={() => write([...rows, EMPTY_CONDITION])}
        >
          Add condition
        </Button>
      )}
    </fieldset>
  );
}

interface ConditionRowProps {
  row: Condition;
  name: string;
  path: string;
  /** What stands on the left: a value, or the name of a column. */
  left: FieldSchema | undefined;
  onChange: (part: Partial<Condition>) => void;
  onRemove: (() => void) | null;
}

function ConditionRow({ row, name, path, left, onChange, onRemove }: ConditionRowProps) {
  const { problems, locked } = useForm();
  const [problem] = problemsInside(problems, path);
  return (
    <fieldset className={styles.entry} aria-label={name}>
      <TemplateInput
        label={left?.title ?? "Value"}
        placeholder={textOf(left?.examples?.[0] ?? "{{ $json.body.total }}")}
        value={textOf(row.left)}
        onChange={(typed) => onChange({ left: typed })}
      />
      <div className={styles.operator}>
        <Select
          label="Operator"
          value={row.operator}
          onChange={(operator) => onChange({ operator })}
          options={OPTIONS}
          disabled={locked}
        />
        {onRemove ? (
          <IconButton
            size="small"
            label={`Remove ${name.toLowerCase()}`}
            icon={<X aria-hidden />}
            onClick={onRemove}
          />
        ) : null}
      </div>
      {takesRight(row.operator) ? (
        <TemplateInput
          label="Compared with"
          placeholder="100"
          value={textOf(row.right)}
          onChange={(right) => onChange({ right })}
        />
      ) : null}
      {problem ? (
        <p className={styles.wrong}>
          {ended(problem.message)} {problem.hint}
        </p>
      ) : null}
    </fieldset>
  );
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
