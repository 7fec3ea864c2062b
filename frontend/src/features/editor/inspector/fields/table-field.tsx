import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tablesQuery } from "@/shared/api/tables";
import { plural } from "@/shared/lib/format";
import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { hasExpression } from "../../model/expression";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

const ANOTHER = "\n";

/** One of the workspace's tables by name, or the name of one that is yet to be made. */
export function TableField({ field, value, onChange, path }: FieldProps) {
  const { locked } = useForm();
  const error = useFieldError(path);
  const [typing, setTyping] = useState(false);
  const { data } = useQuery(tablesQuery);
  const tables = data?.items ?? [];
  const name = typeof value === "string" ? value : "";
  const picks = tables.length > 0 && !typing && !hasExpression(value);
  const isNew = name !== "" && !tables.some((table) => table.name === name);
  return (
    <Field
      label={field.label}
      hint={field.help}
      error={error}
      required={field.required}
      aside={<ModeSwitch value={value} fixed="" onChange={onChange} />}
    >
      {picks ? (
        <Select
          value={name === "" ? undefined : name}
          placeholder="Choose a table…"
          disabled={locked}
          onChange={(next) => {
            setTyping(next === ANOTHER);
            onChange(next === ANOTHER ? "" : next);
          }}
          options={[
            ...tables.map((table) => ({
              value: table.name,
              label: table.name,
              hint: plural(table.row_count, "row"),
            })),
            ...(isNew ? [{ value: name, label: name, hint: "Not made yet" }] : []),
            { value: ANOTHER, label: "Another name…" },
          ]}
        />
      ) : (
        <TemplateInput value={name} onChange={onChange} placeholder="customers" />
      )}
    </Field>
  );
}
