import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { workflowsQuery } from "@/shared/api/workflows";
import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { hasExpression } from "../../model/expression";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import { ModeSwitch } from "../mode-switch";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";

const TYPED = "\n";

/** One of the workspace's workflows by name; or its id, typed or by an expression. */
export function WorkflowField({ field, value, onChange, path }: FieldProps) {
  const { locked } = useForm();
  const error = useFieldError(path);
  const [typing, setTyping] = useState(false);
  const query = useInfiniteQuery(workflowsQuery("", 200));
  const workflows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const id = typeof value === "string" ? value : "";
  const known = workflows.some((workflow) => workflow.id === id);
  const picks = workflows.length > 0 && !typing && !hasExpression(value);
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
          value={id === "" ? undefined : id}
          placeholder="Choose a workflow…"
          disabled={locked}
          onChange={(next) => {
            setTyping(next === TYPED);
            if (next !== TYPED) onChange(next);
          }}
          options={[
            ...workflows.map((workflow) => ({
              value: workflow.id,
              label: workflow.name,
              hint: workflow.published_version === null ? "Not published" : undefined,
            })),
            ...(id !== "" && !known ? [{ value: id, label: id, hint: "Not found" }] : []),
            { value: TYPED, label: "By its id…" },
          ]}
        />
      ) : (
        <TemplateInput value={id} onChange={onChange} placeholder="wf_…" />
      )}
    </Field>
  );
}
