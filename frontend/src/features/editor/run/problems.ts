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

export interface ProblemCount {
  readonly all: number;
  readonly errors: number;
}

const NONE: ProblemCount = { all: 0, errors: 0 };

/** How many problems a node has, and how many of them stand in the way of publishing. */
export function useProblemCount(nodeId: string): ProblemCount {
  const { workflowId } = useSession();
  const { data } = useQuery({
    ...workflowQuery(workflowId),
    select: (workflow) => countProblems(problemsOf(workflow.problems, nodeId)),
  });
  return data ?? NONE;
}

function countProblems(problems: readonly Problem[]): ProblemCount {
  if (problems.length === 0) return NONE;
  return {
    all: problems.length,
    errors: problems.filter((problem) => problem.severity === "error").length,
  };
}
