import type { Graph, Workflow } from "@/shared/api/types";

/** What an exported file holds. Secrets aren't in a graph: nodes name connections by id only. */
export interface WorkflowFile {
  name: string;
  graph: Graph;
}

export function fileOf(workflow: Workflow): WorkflowFile {
  return { name: workflow.name, graph: workflow.graph };
}

export class NotAWorkflow extends Error {}

/** Takes an exported file, or a bare graph document, whose name is then that of the file. */
export function readWorkflowFile(text: string, fileName: string): WorkflowFile {
  const value = parse(text);
  if (isGraph(value)) return { name: titleOf(fileName), graph: value };
  if (isObject(value) && isGraph(value.graph)) {
    const name = typeof value.name === "string" && value.name.trim() ? value.name : null;
    return { name: name ?? titleOf(fileName), graph: value.graph };
  }
  throw new NotAWorkflow(`${fileName} has no "nodes": it is not a workflow of Nodeloom.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotAWorkflow("This is not JSON. Choose a file that Nodeloom exported.");
  }
}

// The server looks at the rest, and names what is wrong with it.
function isGraph(value: unknown): value is Graph {
  return isObject(value) && Array.isArray(value.nodes);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function titleOf(fileName: string): string {
  return fileName.replace(/\.json$/i, "") || "Imported workflow";
}
