import { useInfiniteQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { useEffect, useState } from "react";
import { workflowsQuery } from "@/shared/api/workflows";
import { useDebounced } from "@/shared/lib/use-debounced";
import { IconButton } from "@/shared/ui/icon-button";
import { Input } from "@/shared/ui/input";
import { Select } from "@/shared/ui/select";
import { StatusIcon, statusWord } from "@/shared/ui/status";
import styles from "./run-filters.module.css";
import { RUN_STATUSES, type useRunFilter } from "./use-run-filter";

export function RunFilters({ filter }: { filter: ReturnType<typeof useRunFilter> }) {
  return (
    <div className={styles.filters}>
      <SearchField q={filter.values.q} onChange={(q) => filter.set("q", q)} />
      <div className={styles.row}>
        <WorkflowFilter
          value={filter.values.workflow_id}
          onChange={(id) => filter.set("workflow_id", id)}
        />
        <Select
          label="Status"
          fit
          value={filter.values.status}
          onChange={(status) => filter.set("status", status)}
          options={[
            { value: "", label: "Any status" },
            ...RUN_STATUSES.map((status) => ({
              value: status as string,
              label: statusWord(status),
              icon: <StatusIcon status={status} named={false} />,
            })),
          ]}
        />
        <Select
          label="Since"
          fit
          value={filter.values.since}
          onChange={(since) => filter.set("since", since)}
          options={[
            { value: "", label: "Any time" },
            { value: "1h", label: "Last hour" },
            { value: "24h", label: "Last 24 h" },
            { value: "7d", label: "Last 7 days" },
          ]}
        />
        {filter.active ? (
          <IconButton label="Clear the filter" icon={<X aria-hidden />} onClick={filter.clear} />
        ) : null}
      </div>
    </div>
  );
}

function SearchField({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const [typed, setTyped] = useState(q);
  const [known, setKnown] = useState(q);
  const settled = useDebounced(typed.trim());
  // The address changed by other means, such as "Show all runs".
  if (q !== known) {
    setKnown(q);
    setTyped(q);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed leads to a search
  useEffect(() => {
    if (settled !== q) onChange(settled);
  }, [settled]);
  return (
    <Input
      type="search"
      lead={<Search aria-hidden />}
      aria-label="Search runs"
      placeholder="Search by id, workflow or error"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

function WorkflowFilter({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const query = useInfiniteQuery(workflowsQuery("", 200));
  const workflows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const known = value === "" || workflows.some((workflow) => workflow.id === value);
  return (
    <Select
      label="Workflow"
      className={styles.workflow}
      value={value}
      onChange={onChange}
      options={[
        { value: "", label: "All workflows" },
        ...workflows.map((workflow) => ({ value: workflow.id, label: workflow.name })),
        ...(known ? [] : [{ value, label: "One workflow" }]),
      ]}
    />
  );
}
