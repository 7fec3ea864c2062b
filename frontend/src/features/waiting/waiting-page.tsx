import { useInfiniteQuery } from "@tanstack/react-query";
import { Hourglass } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { WaitReason } from "@/shared/api/types";
import { workflowsQuery } from "@/shared/api/workflows";
import { useTitle } from "@/shared/lib/use-title";
import { useLive } from "@/shared/live/use-live";
import { waitingWords } from "@/shared/runs/waiting";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageBody, PageTop, Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { type WaitingFilter, waitingQuery } from "./api";
import styles from "./waiting-page.module.css";
import { WaitingRow } from "./waiting-row";

const EVERYTHING: WaitingFilter = { reason: "", workflow_id: "" };
const LOOKED_AT_EVERY_MS = 5_000;

/** All that waits, and why. */
export function WaitingPage() {
  useTitle("Waiting");
  useLive(["runs"]);
  const [filter, setFilter] = useState(EVERYTHING);
  const query = useInfiniteQuery({
    ...waitingQuery(filter),
    refetchInterval: LOOKED_AT_EVERY_MS,
    placeholderData: (previous) => previous,
  });
  const nodes = query.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = filter.reason !== "" || filter.workflow_id !== "";
  return (
    <>
      <PageTop title="Waiting" />
      <PageBody>
        {nodes.length > 0 || filtered ? <Filters filter={filter} onChange={setFilter} /> : null}
        {query.isPending ? (
          <Sheet>
            <SkeletonRows rows={5} height={73} />
          </Sheet>
        ) : null}
        {query.isError ? (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {query.isSuccess && nodes.length === 0 ? (
          <Nothing filtered={filtered} onClear={() => setFilter(EVERYTHING)} />
        ) : null}
        {nodes.length > 0 ? (
          <Sheet>
            <ul>
              {nodes.map((node) => (
                <WaitingRow key={`${node.run_id}/${node.node_id}/${node.path}`} node={node} />
              ))}
            </ul>
          </Sheet>
        ) : null}
        {query.hasNextPage ? (
          <div className={styles.more}>
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Load more
            </Button>
          </div>
        ) : null}
      </PageBody>
    </>
  );
}

interface FiltersProps {
  filter: WaitingFilter;
  onChange: (filter: WaitingFilter) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const query = useInfiniteQuery(workflowsQuery("", 200));
  const workflows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles.filters}>
      <Select
        label="Reason"
        fit
        value={filter.reason}
        onChange={(reason) => onChange({ ...filter, reason })}
        options={[
          { value: "" as const, label: "Any reason" },
          ...Object.entries(waitingWords).map(([reason, label]) => ({
            value: reason as WaitReason,
            label,
          })),
        ]}
      />
      <Select
        label="Workflow"
        fit
        value={filter.workflow_id}
        onChange={(workflow_id) => onChange({ ...filter, workflow_id })}
        options={[
          { value: "", label: "All workflows" },
          ...workflows.map((workflow) => ({ value: workflow.id, label: workflow.name })),
        ]}
      />
    </div>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState title="Nothing fits" action={<Button onClick={onClear}>Show all</Button>}>
        Nothing that waits has this reason and workflow.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Hourglass aria-hidden />}
      title="Nothing waits"
      action={<Link to="/workflows">Go to your workflows</Link>}
    >
      What waits for a time, a call, an event, an approval or for somebody to look shows here, with
      what can be done about it.
    </EmptyState>
  );
}
