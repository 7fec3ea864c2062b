import type { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/shared/api/problem";
import { saveDraft, workflowQuery } from "@/shared/api/workflows";
import type { Graph } from "../model/graph";
import type { SaveOutcome } from "./draft-saver";

/** One save, and what the server said of it kept where every part of the page reads it. */
export async function saveTo(
  client: QueryClient,
  workflowId: string,
  graph: Graph,
  revision: number,
): Promise<SaveOutcome> {
  try {
    const saved = await saveDraft(workflowId, { graph, revision });
    const known = workflowQuery(workflowId).queryKey;
    await client.cancelQueries({ queryKey: known, exact: true });
    client.setQueryData(known, (workflow) => workflow && { ...workflow, ...saved, graph });
    return { kind: "saved", revision: saved.revision };
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): SaveOutcome {
  if (!(error instanceof ApiError)) return { kind: "refused", error };
  const { revision, graph } = error.body;
  if (error.status === 409 && typeof revision === "number")
    return { kind: "conflict", revision, graph };
  return error.status === 0 || error.status >= 500
    ? { kind: "offline" }
    : { kind: "refused", error };
}
