import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Link, useLocation } from "react-router";
import { runsQuery } from "@/shared/api/runs";
import type { RunSummary } from "@/shared/api/types";
import { exactTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { Problem } from "@/shared/ui/problem";
import { Prose } from "@/shared/ui/prose";
import { RelativeTime } from "@/shared/ui/relative-time";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { StatusIcon, shownStatus } from "@/shared/ui/status";
import { runFigures, runLine } from "./describe-run";
import { RunFilters } from "./run-filters";
import styles from "./run-list.module.css";
import { filterToAsk, useRunFilter } from "./use-run-filter";

export function RunList({ chosen }: { chosen: string | undefined }) {
  const filter = useRunFilter();
  const now = useNow(60_000);
  const query = useInfiniteQuery({
    ...runsQuery(filterToAsk(filter.values, now)),
    placeholderData: (previous) => previous,
  });
  const runs = query.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <>
      <RunFilters filter={filter} />
      <div className={styles.scroll}>
        {query.isError ? (
          <div className={styles.inset}>
            <Problem error={query.error} onRetry={() => void query.refetch()} />
          </div>
        ) : null}
        {query.isPending ? <SkeletonRows rows={8} height={59} /> : null}
        {query.isSuccess && runs.length === 0 ? (
          <NoRuns filtered={filter.active} onClear={filter.clear} />
        ) : null}
        <ul data-stale={query.isPlaceholderData || undefined} className={styles.rows}>
          {runs.map((run) => (
            <li key={run.id}>
              <RunRow run={run} chosen={run.id === chosen} />
            </li>
          ))}
        </ul>
        {query.hasNextPage ? (
          <div className={styles.inset}>
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Load older runs
            </Button>
          </div>
        ) : null}
      </div>
    </>
  );
}

function RunRow({ run, chosen }: { run: RunSummary; chosen: boolean }) {
  const { search } = useLocation();
  const now = useNow(run.status === "running" ? 1_000 : 0);
  return (
    <Link
      to={{ pathname: `/runs/${run.id}`, search }}
      className={styles.row}
      aria-current={chosen ? "true" : undefined}
      title={`${run.id}, ${exactTime(run.created_at)}`}
    >
      <StatusIcon status={shownStatus(run)} />
      <span className={styles.name}>{run.workflow_name}</span>
      <span className={styles.when}>
        <RelativeTime at={run.created_at} />
      </span>
      <span className={styles.line}>
        <Prose text={runLine(run, now)} />
      </span>
      <span className={styles.figures}>{runFigures(run, now)}</span>
    </Link>
  );
}

function NoRuns({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState title="No run fits" action={<Button onClick={onClear}>Show all runs</Button>}>
        Loosen the filter to see more.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<History aria-hidden />}
      title="Nothing has run yet"
      action={<Link to="/workflows">Go to your workflows</Link>}
    >
      Open a workflow and press Run, or publish it and let its trigger start it.
    </EmptyState>
  );
}
