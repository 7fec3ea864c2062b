import { expect, it } from "vitest";
import type { NodeRun, Run } from "@/shared/api/types";
import { pathOf, roundsDone, roundsInAll, shownRounds } from "./rounds";

const run = (...paths: [path: string, status: NodeRun["status"]][]) =>
  ({ node_runs: paths.map(([path, status]) => ({ node_id: "a", path, status })) }) as Run;

it("shows the latest round, the first that failed, or the chosen one", () => {
  const fine = run(["l:0", "succeeded"], ["l:1", "succeeded"], ["l:2", "running"]);
  expect(shownRounds(fine, {}, ["l"])).toEqual([{ container: "l", index: 2, count: 3 }]);
  expect(pathOf(shownRounds(fine, { l: 1 }, ["l"]))).toBe("l:1");
  expect(pathOf(shownRounds(run(["l:0", "failed"], ["l:1", "running"]), {}, ["l"]))).toBe("l:0");
});

it("goes from the outside in", () => {
  const nested = run(["l:0/m:0", "succeeded"], ["l:0/m:1", "succeeded"], ["l:1/m:0", "running"]);
  expect(pathOf(shownRounds(nested, {}, ["l", "m"]))).toBe("l:1/m:0");
  expect(pathOf(shownRounds(nested, { l: 0 }, ["l", "m"]))).toBe("l:0/m:1");
  expect(shownRounds(nested, {}, ["x"])).toEqual([]);
  expect(roundsDone(nested, { l: 0 }, ["l", "m"])).toBe(2);
});

it("counts the rounds that are over", () => {
  const going = run(
    ["l:0", "succeeded"],
    ["l:1", "failed"],
    ["l:2", "succeeded"],
    ["l:2", "queued"],
  );
  expect(roundsDone(going, {}, ["l"])).toBe(2);
});

it("says how many there will be, unless an expression decides", () => {
  expect([roundsInAll(31, undefined), roundsInAll(31, 10), roundsInAll(31, "{{ 2 }}")]).toEqual([
    31,
    4,
    null,
  ]);
});
