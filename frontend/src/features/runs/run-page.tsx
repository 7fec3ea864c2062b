import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { Link, useLocation, useParams } from "react-router";
import { ApiError } from "@/shared/api/problem";
import { runQuery } from "@/shared/api/runs";
import type { Run } from "@/shared/api/types";
import { useNow } from "@/shared/lib/use-now";
import { useTitle } from "@/shared/lib/use-title";
import { useLive, useRecheckedRun } from "@/shared/live/use-live";
import { LogPanel } from "@/shared/runs/log-panel";
import { EmptyState } from "@/shared/ui/empty-state";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { isActive } from "./describe-run";
import { NodePanel } from "./node-panel";
import { RetryFailedItems } from "./retry-failed-items";
import { RunBanners } from "./run-banners";
import { RunChildren } from "./run-children";
import { RunHeader } from "./run-header";
import styles from "./run-page.module.css";
import { rowToShow, timelineOf } from "./timeline";
import { TimelineTable } from "./timeline-table";
import { useRunGraph } from "./use-run-graph";

export function RunPage() {
  const { id = "" } = useParams();
  const { search } = useLocation();
  const query = useQuery(runQuery(id));
  useLive([`run:${id}`]);
  useRecheckedRun(id);
  return (
    <main className={styles.page}>
      <Link className={styles.back} to={{ pathname: "/runs", search }}>
        <ArrowLeft aria-hidden /> All runs
      </Link>
      {query.isPending ? <SkeletonRows rows={6} height={36} /> : null}
      {query.isError ? <RunMissing error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data ? <RunSheet run={query.data} /> : null}
    </main>
  );
}

function RunMissing({ error, retry }: { error: Error; retry: () => void }) {
  if (error instanceof ApiError && error.status === 404) {
    return (
      <EmptyState title="There is no such run" action={<Link to="/runs">See all runs</Link>}>
        It may belong to another workspace, or its time of keeping is over.
      </EmptyState>
    );
  }
  return <Problem error={error} onRetry={retry} />;
}

function RunSheet({ run }: { run: Run }) {
  const graph = useRunGraph(run);
  const now = useNow(run.status === "running" ? 250 : isActive(run) ? 5_000 : 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const { rows, ticks } = timelineOf(run, graph?.nodes ?? [], now);
  const row = rows.find((candidate) => candidate.key === chosen) ?? rowToShow(rows);
  useTitle(`${run.workflow_name}, run`);
  if (graph === undefined) {
    return (
      <>
        <RunHeader run={run} now={now} />
        <SkeletonRows rows={rows.length} height={36} />
      </>
    );
  }
  return (
    <>
      <RunHeader run={run} now={now} />
      <RunBanners run={run} rows={rows} now={now} />
      <RetryFailedItems run={run} rows={rows} />
      <TimelineTable
        rows={rows}
        ticks={ticks}
        active={isActive(run)}
        chosen={row?.key}
        onChoose={setChosen}
        now={now}
      />
      {row ? (
        <NodePanel
          key={row.key}
          run={run}
          row={row}
          node={graph?.nodes.find((node) => node.id === row.nodeId)}
        />
      ) : null}
      <RunChildren
        run={run}
        titleOf={(nodeId) => rows.find((one) => one.nodeId === nodeId)?.title ?? nodeId}
        now={now}
      />
      <section className={styles.log} aria-label="Log of the run">
        <h2>Log</h2>
        <LogPanel
          runId={run.id}
          active={isActive(run)}
          titleOf={(nodeId) => rows.find((one) => one.nodeId === nodeId)?.title ?? nodeId}
          onJump={(nodeId, path) => setChosen(`${nodeId}/${path}`)}
        />
      </section>
    </>
  );
}
