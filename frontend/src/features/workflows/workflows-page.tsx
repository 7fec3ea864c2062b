import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import { Plus, Search } from "lucide-react";
import { useState } from "react";
import { workflowPulsesQuery } from "@/shared/api/logs";
import { useMay } from "@/shared/api/roles";
import type { Page, WorkflowSummary } from "@/shared/api/types";
import { workflowsQuery } from "@/shared/api/workflows";
import { useDebounced } from "@/shared/lib/use-debounced";
import { useTitle } from "@/shared/lib/use-title";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { Input } from "@/shared/ui/input";
import { PageBody, PageTop, Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { ImportButton } from "./import-button";
import { NewWorkflowDialog } from "./new-workflow-dialog";
import { StartPage } from "./start-page";
import { WorkflowRow } from "./workflow-row";
import styles from "./workflows-page.module.css";

export function WorkflowsPage() {
  useTitle("Workflows");
  const mayEdit = useMay("editor");
  const [typed, setTyped] = useState("");
  const [creating, setCreating] = useState(false);
  const q = useDebounced(typed.trim());
  const query = useInfiniteQuery({
    ...workflowsQuery(q),
    placeholderData: (previous) => previous,
  });
  const emptyWorkspace = query.isSuccess && q === "" && query.data.pages[0]?.items.length === 0;

  return (
    <>
      <PageTop
        title="Workflows"
        actions={
          mayEdit && !emptyWorkspace ? (
            <>
              <span className={styles.wide}>
                <ImportButton />
              </span>
              <Button
                variant="primary"
                icon={<Plus aria-hidden />}
                onClick={() => setCreating(true)}
              >
                New workflow
              </Button>
            </>
          ) : null
        }
      />
      {emptyWorkspace && mayEdit ? (
        <StartPage />
      ) : (
        <PageBody>
          <Input
            className={styles.search}
            lead={<Search aria-hidden />}
            type="search"
            aria-label="Search workflows"
            placeholder="Search by name"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <WorkflowList query={query} q={q} mayEdit={mayEdit} />
        </PageBody>
      )}
      <NewWorkflowDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}

interface WorkflowListProps {
  query: UseInfiniteQueryResult<InfiniteData<Page<WorkflowSummary>>>;
  q: string;
  mayEdit: boolean;
}

function WorkflowList({ query, q, mayEdit }: WorkflowListProps) {
  const workflows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const pulses = useQuery(workflowPulsesQuery);
  return (
    <>
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? (
        <Sheet>
          <SkeletonRows rows={6} height={57} />
        </Sheet>
      ) : null}
      {query.isSuccess && workflows.length === 0 ? <NothingFound q={q} /> : null}
      {workflows.length > 0 ? (
        <Sheet>
          <ul data-stale={query.isPlaceholderData || undefined} className={styles.list}>
            {workflows.map((workflow) => (
              <WorkflowRow
                key={workflow.id}
                workflow={workflow}
                pulse={pulses.data?.find((one) => one.workflow_id === workflow.id)}
                mayEdit={mayEdit}
              />
            ))}
          </ul>
        </Sheet>
      ) : null}
      {query.hasNextPage ? (
        <Button
          className={styles.more}
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Load more
        </Button>
      ) : null}
    </>
  );
}

function NothingFound({ q }: { q: string }) {
  if (q === "") {
    return (
      <EmptyState title="No workflows yet">
        Somebody with the role editor can make the first one.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<Search aria-hidden />} title={`No workflow is called “${q}”`}>
      Search for a part of its name, or empty the field to see all.
    </EmptyState>
  );
}
