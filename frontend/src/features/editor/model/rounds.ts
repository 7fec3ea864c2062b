/** Which round of each container is looked at. A node run inside containers carries its rounds as a path, "loop:3/map:0". */

import type { NodeRun, Run } from "@/shared/api/types";

/** Rounds that somebody chose, by container; the others show what needs looking at, else the latest. */
export type ChosenRounds = Readonly<Record<string, number>>;

export const NO_CHOICE: ChosenRounds = {};

export interface Round {
  readonly container: string;
  readonly index: number;
  /** How many rounds there have been so far. */
  readonly count: number;
}

interface Opened {
  highest: number;
  /** The first round in which something failed. */
  failed: number | null;
  /** Of each round, whether something in it is still going on. */
  busy: Map<number, boolean>;
}

type Step = readonly [container: string, index: number];

function steps(path: string): Step[] {
  if (path === "") return [];
  return path.split("/").map((part) => {
    const colon = part.lastIndexOf(":");
    return [part.slice(0, colon), Number(part.slice(colon + 1))] as const;
  });
}

function inside(outer: string, container: string): string {
  return outer === "" ? container : `${outer}/${container}`;
}

const known = new WeakMap<object, ReadonlyMap<string, Opened>>();

/** What is known of the rounds of each container, by where it stands: "loop", "loop:3/map". */
function openedIn(run: Run): ReadonlyMap<string, Opened> {
  const found = known.get(run);
  if (found !== undefined) return found;
  const opened = new Map<string, Opened>();
  for (const nodeRun of run.node_runs ?? []) note(opened, nodeRun);
  known.set(run, opened);
  return opened;
}

const BUSY = new Set(["queued", "running", "waiting"]);

function note(opened: Map<string, Opened>, nodeRun: NodeRun): void {
  let outer = "";
  for (const [container, index] of steps(nodeRun.path)) {
    const place = inside(outer, container);
    const seen = opened.get(place) ?? { highest: 0, failed: null, busy: new Map() };
    seen.highest = Math.max(seen.highest, index);
    if (nodeRun.status === "failed") seen.failed = Math.min(seen.failed ?? index, index);
    seen.busy.set(index, (seen.busy.get(index) ?? false) || BUSY.has(nodeRun.status));
    opened.set(place, seen);
    outer = `${place}:${index}`;
  }
}

/** The rounds looked at in these containers, from the outside in, as far as there are any. */
export function shownRounds(
  run: Run,
  chosen: ChosenRounds,
  containers: readonly string[],
): Round[] {
  const rounds: Round[] = [];
  let outer = "";
  for (const container of containers) {
    const opened = openedIn(run).get(inside(outer, container));
    if (opened === undefined) break;
    const count = opened.highest + 1;
    const wanted = chosen[container] ?? opened.failed ?? opened.highest;
    const index = Math.min(wanted, opened.highest);
    rounds.push({ container, index, count });
    outer = `${inside(outer, container)}:${index}`;
  }
  return rounds;
}

export function pathOf(rounds: readonly Round[]): string {
  return rounds.map(({ container, index }) => `${container}:${index}`).join("/");
}

/** Whether a node run belongs to the rounds that are looked at. */
export function isShown(run: Run, chosen: ChosenRounds, path: string): boolean {
  if (path === "") return true;
  const containers = steps(path).map(([container]) => container);
  return pathOf(shownRounds(run, chosen, containers)) === path;
}

/** Whether somebody chose a round of one of the containers on the path. */
export function isChosen(chosen: ChosenRounds, path: string): boolean {
  return steps(path).some(([container]) => chosen[container] !== undefined);
}

/** How many rounds of a container are over, in the rounds around it that are looked at. */
export function roundsDone(run: Run, chosen: ChosenRounds, containers: readonly string[]): number {
  const [container, ...outwards] = [...containers].reverse();
  if (container === undefined) return 0;
  const outer = outwards.reverse();
  const rounds = shownRounds(run, chosen, outer);
  if (rounds.length < outer.length) return 0;
  const opened = openedIn(run).get(inside(pathOf(rounds), container));
  return [...(opened?.busy.values() ?? [])].filter((busy) => !busy).length;
}

/** How many rounds the items that came in make, as far as the parameters say it. */
export function roundsInAll(itemsIn: number, batchSize: unknown): number | null {
  if (batchSize === undefined) return itemsIn;
  return typeof batchSize === "number" && batchSize > 0 ? Math.ceil(itemsIn / batchSize) : null;
}
