import { useQuery } from "@tanstack/react-query";
import type { Graph, Run } from "@/shared/api/types";
import { versionQuery, workflowQuery } from "@/shared/api/workflows";

/** The graph the run ran on, once it is known. A run of the draft is shown on the draft as it is now; a deleted
 * workflow leaves `null`, and nodes are then called by their ids. */
export function useRunGraph(run: Run): Graph | null | undefined {
  const version = useQuery({
    ...versionQuery(run.workflow_id, run.version ?? 0),
    enabled: run.version !== null,
  });
  const draft = useQuery({ ...workflowQuery(run.workflow_id), enabled: run.version === null });
  const asked = run.version === null ? draft : version;
  return asked.isPending ? undefined : (asked.data?.graph ?? null);
}
