import { useInfiniteQuery } from "@tanstack/react-query";
import { workflowsQuery } from "@/shared/api/workflows";
import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";

const DEFAULT = "";

interface FailureWorkflowProps {
  value: string | null;
  onChange: (workflowId: string | null) => void;
  locked: boolean;
}

/** Whom a failed run tells, where this workflow has no trigger for that itself. */
export function FailureWorkflow({ value, onChange, locked }: FailureWorkflowProps) {
  const query = useInfiniteQuery(workflowsQuery("", 200));
  const workflows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = value ?? DEFAULT;
  const known = chosen === DEFAULT || workflows.some((workflow) => workflow.id === chosen);
  return (
    <Field
      label="If a run fails, start"
      hint="Its trigger “On failure”. One in this workflow itself comes first."
    >
      <Select
        value={chosen}
        disabled={locked}
        onChange={(id) => onChange(id === DEFAULT ? null : id)}
        options={[
          { value: DEFAULT, label: "The workspace's default" },
          ...workflows.map((workflow) => ({ value: workflow.id, label: workflow.name })),
          ...(known ? [] : [{ value: chosen, label: chosen }]),
        ]}
      />
    </Field>
  );
}
