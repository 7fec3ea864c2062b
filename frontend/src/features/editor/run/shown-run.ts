import { useQuery } from "@tanstack/react-query";
import { runQuery } from "@/shared/api/runs";
import type { Run } from "@/shared/api/types";
import { type NodeState, nodeStates } from "../model/run-view";
import { useSession } from "./session";

/** One thing about the shown run; draws again only when that thing changes. */
export function useShownRun<T>(pick: (run: Run) => T): T | undefined {
  const { runId } = useSession();
  const { data } = useQuery({ ...runQuery(runId ?? ""), enabled: runId !== null, select: pick });
  return runId === null ? undefined : data;
}

export function useNodeState(nodeId: string): NodeState | undefined {
  // `null`, not `undefined`: a query's data may not be undefined.
  return useShownRun((run) => nodeStates(run).get(nodeId) ?? null) ?? undefined;
}
