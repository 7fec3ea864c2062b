import { useQuery } from "@tanstack/react-query";
import { workflowQuery } from "@/shared/api/workflows";
import { errorsFirst, type Problem, problemsOf } from "../model/problems";
import { useSession } from "./session";

/** What the server last said is wrong with the draft, errors first. */
export function useProblems(): Problem[] {
  const { workflowId } = useSession();
  const { data } = useQuery({
    ...workflowQuery(workflowId),
    select: (workflow) => errorsFirst(workflow.problems),
  });
  return data ?? [];
}

export function useNodeProblems(nodeId: string): Problem[] {
  const { workflowId } = useSession();
  const { data } = useQuery({
    ...workflowQuery(workflowId),
    select: (workflow) => problemsOf(workflow.problems, nodeId),
  });
  return data ?? [];
}

export function useProblemCount(nodeId: string): number {
  const { workflowId } = useSession();
  const { data } = useQuery({
    ...workflowQuery(workflowId),
    select: (workflow) => problemsOf(workflow.problems, nodeId).length,
  });
  return data ?? 0;
}
