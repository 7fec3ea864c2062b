import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useMemo } from "react";
import { runQuery } from "@/shared/api/runs";
import { versionQuery } from "@/shared/api/workflows";
import { readGraph } from "../model/graph";
import { sameWork } from "../model/same-work";
import { useEditor } from "../store";

/** The version that is on the canvas in the draft's place: the one that the shown run was of, if the draft is another. */
export function useAsItRan(workflowId: string, runId: string | null): number | null {
  const run = useQuery({
    ...runQuery(runId ?? ""),
    enabled: runId !== null,
    // `null`, not `undefined`: a query's data may not be undefined.
    select: ({ version, workflow_id }) => (workflow_id === workflowId ? version : null),
  });
  const number = (runId === null ? null : run.data) ?? null;
  const version = useQuery({ ...versionQuery(workflowId, number ?? 0), enabled: number !== null });
  const document = number === null ? undefined : version.data?.graph;
  const graph = useMemo(() => (document === undefined ? null : readGraph(document)), [document]);

  // Before it is drawn: what the run says of its nodes is not to be seen on others.
  useLayoutEffect(() => {
    const { graph: draft, lookAt, comeBack } = useEditor.getState();
    if (graph === null || sameWork(draft, graph)) return;
    lookAt(graph);
    return comeBack;
  }, [graph]);
  const elsewhere = useEditor((state) => state.kept !== null);
  return elsewhere ? number : null;
}
