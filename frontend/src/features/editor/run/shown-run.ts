import { useQuery } from "@tanstack/react-query";
import { runQuery } from "@/shared/api/runs";
import type { Run } from "@/shared/api/types";
import { around } from "../model/frames";
import { nodeById } from "../model/graph";
import { type ChosenRounds, NO_CHOICE, type Round, shownRounds } from "../model/rounds";
import { type NodeState, nodeStates } from "../model/run-view";
import { usePanels } from "../panels";
import { useEditor } from "../store";
import { useSession } from "./session";

/** One thing about the shown run; draws again only when that thing changes. */
export function useShownRun<T>(pick: (run: Run, chosen: ChosenRounds) => T): T | undefined {
  const { runId } = useSession();
  const chosen = usePanels(({ rounds }) => (rounds.runId === runId ? rounds.chosen : NO_CHOICE));
  const { data } = useQuery({
    ...runQuery(runId ?? ""),
    enabled: runId !== null,
    select: (run) => pick(run, chosen),
  });
  return runId === null ? undefined : data;
}

export function useNodeState(nodeId: string): NodeState | undefined {
  // `null`, not `undefined`: a query's data may not be undefined.
  return useShownRun((run, chosen) => nodeStates(run, chosen).get(nodeId) ?? null) ?? undefined;
}

/** The rounds looked at in the containers around a node, from the outside in. */
export function useRounds(nodeId: string): Round[] {
  return (
    useShownRun((run, chosen) => {
      const { graph } = useEditor.getState();
      const node = nodeById(graph, nodeId);
      if (node === undefined) return [];
      const containers = around(graph, node).map((container) => container.id);
      return shownRounds(run, chosen, containers.reverse());
    }) ?? []
  );
}
