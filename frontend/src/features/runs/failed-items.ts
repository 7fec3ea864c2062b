import type { Run } from "@/shared/api/types";
import { isActive } from "./describe-run";
import type { Row } from "./timeline";

export interface FailedItems {
  nodeId: string;
  title: string;
  /** How many; null where the map itself failed before it could tell. */
  count: number | null;
}

const containers = new Set(["core.map", "core.loop"]);

/** The maps and loops at the top of the workflow of which some items failed, once the run has ended. */
export function failedItems(run: Run, rows: readonly Row[]): FailedItems[] {
  if (isActive(run)) return [];
  return rows.flatMap(({ nodeId, title, type, path, nodeRun }): FailedItems[] => {
    if (path !== "" || !nodeRun || !containers.has(type ?? "")) return [];
    const count = nodeRun.ports.errors ?? 0;
    if (count > 0) return [{ nodeId, title, count }];
    const cut = nodeRun.status === "failed" || nodeRun.status === "cancelled";
    return cut && hasInner(rows, nodeId) ? [{ nodeId, title, count: null }] : [];
  });
}

function hasInner(rows: readonly Row[], container: string): boolean {
  return rows.some((row) => row.path.startsWith(`${container}:`) && row.nodeRun !== null);
}
