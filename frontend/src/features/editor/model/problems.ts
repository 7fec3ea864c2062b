import type { GraphProblem } from "@/shared/api/types";

/** What the compiler or a request finds wrong, at a node and perhaps one of its fields (`fields[0].value`). */
export type Problem = GraphProblem;

export function problemsOf(problems: readonly Problem[], nodeId: string): Problem[] {
  return problems.filter((problem) => problem.node_id === nodeId);
}

/** The problems of a field and of everything inside it that has no field of its own on the screen. */
export function problemsAt(problems: readonly Problem[], path: string): Problem[] {
  return problems.filter((problem) => normal(problem.field ?? "") === normal(path));
}

export function problemsInside(problems: readonly Problem[], path: string): Problem[] {
  const prefix = normal(path);
  return problems.filter(({ field }) => {
    const at = normal(field ?? "");
    return at === prefix || at.startsWith(`${prefix}.`) || at.startsWith(`${prefix}[`);
  });
}

/** Servers may say `params.url` or `fields.0.value` for what the form calls `url` and `fields[0].value`. */
function normal(path: string): string {
  return path.replace(/^params\./, "").replace(/\.(\d+)(?=\.|$|\[)/g, "[$1]");
}

export function errorsFirst(problems: readonly Problem[]): Problem[] {
  const rank = (problem: Problem) => (problem.severity === "error" ? 0 : 1);
  return [...problems].sort((a, b) => rank(a) - rank(b));
}
