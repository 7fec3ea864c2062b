import { type QueryClient, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { runsQuery } from "@/shared/api/runs";
import type { RunSummary } from "@/shared/api/types";
import { versionQuery } from "@/shared/api/workflows";
import { useLive, useRecheckedRun } from "@/shared/live/use-live";
import { readGraph } from "../model/graph";
import { sameWork } from "../model/same-work";
import { useEditor } from "../store";

/** The runs of a workflow as they come, newest first; one that starts while the page is open is shown at once, on the same work. */
export function useFollowRuns(
  workflowId: string,
  runId: string | null,
  showRun: (runId: string) => void,
) {
  const client = useQueryClient();
  useRecheckedRun(runId);
  useLive(runId === null ? [`workflow:${workflowId}`] : [`workflow:${workflowId}`, `run:${runId}`]);
  const { data } = useInfiniteQuery(runsQuery({ workflow_id: workflowId }, 20));
  const runs = data?.pages.flatMap((page) => page.items) ?? [];
  const [first] = runs;
  const newest = data === undefined ? undefined : (first?.id ?? "");
  const [seen, setSeen] = useState<string | null>(null);
  useEffect(() => {
    if (newest === undefined || newest === seen) return;
    // Ids are ordered by time. The first list only says what was there before.
    if (first !== undefined && seen !== null && newest > seen && newest > (runId ?? ""))
      void isOfWhatIsDrawn(client, workflowId, first).then((same) => {
        if (same) showRun(newest);
      });
    setSeen(newest);
  }, [client, workflowId, first, newest, seen, runId, showRun]);
  return runs;
}

/** A run of another graph is not for who is editing this one: it waits in the list. */
async function isOfWhatIsDrawn(
  client: QueryClient,
  workflowId: string,
  { version }: RunSummary,
): Promise<boolean> {
  const { kept } = useEditor.getState();
  if (version === null) return true;
  if (kept !== null) return false;
  const { graph } = await client.fetchQuery(versionQuery(workflowId, version));
  return sameWork(useEditor.getState().graph, readGraph(graph));
}
