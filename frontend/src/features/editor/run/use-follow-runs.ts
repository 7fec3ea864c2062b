import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { runsQuery } from "@/shared/api/runs";
import { useLive, useRecheckedRun } from "@/shared/live/use-live";

/** The runs of a workflow as they come, newest first; one that starts while the page is open is shown at once. */
export function useFollowRuns(
  workflowId: string,
  runId: string | null,
  showRun: (runId: string) => void,
) {
  useRecheckedRun(runId);
  useLive(runId === null ? [`workflow:${workflowId}`] : [`workflow:${workflowId}`, `run:${runId}`]);
  const { data } = useInfiniteQuery(runsQuery({ workflow_id: workflowId }, 20));
  const runs = data?.pages.flatMap((page) => page.items) ?? [];
  const newest = data === undefined ? undefined : (runs[0]?.id ?? "");
  const [seen, setSeen] = useState<string | null>(null);
  useEffect(() => {
    if (newest === undefined || newest === seen) return;
    // Ids are ordered by time. The first list only says what was there before.
    if (seen !== null && newest > seen && newest > (runId ?? "")) showRun(newest);
    setSeen(newest);
  }, [newest, seen, runId, showRun]);
  return runs;
}
