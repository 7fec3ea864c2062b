import type { Graph, GraphNode } from "@/shared/api/types";

export type Start = "manual" | "webhook" | "schedule" | "empty";

/** A graph with nothing but the trigger. */
export function graphOfStart(start: Start, timezone: string, random: () => string): Graph {
  return {
    format: 1,
    nodes: start === "empty" ? [] : [trigger(start, timezone, random)],
    edges: [],
    notes: [],
    settings: { timezone },
  };
}

function trigger(
  start: Exclude<Start, "empty">,
  timezone: string,
  random: () => string,
): GraphNode {
  const position = { x: 0, y: 0 };
  switch (start) {
    case "manual":
      return { id: "start", type: "core.manual", title: "Started by hand", position, params: {} };
    case "webhook":
      return {
        id: "hook",
        type: "core.webhook",
        title: "Webhook",
        position,
        params: { path: random(), method: "POST", respond: "last_node" },
      };
    case "schedule":
      return {
        id: "schedule",
        type: "core.schedule",
        title: "Every weekday at nine",
        position,
        params: { cron: "0 9 * * 1-5", timezone },
      };
  }
}

/** An address that can't be guessed. */
export function randomPath(): string {
  const letters = "abcdefghijkmnpqrstuvwxyz23456789";
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
}
