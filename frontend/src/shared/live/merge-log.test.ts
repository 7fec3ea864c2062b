import { expect, test } from "vitest";
import type { LogLine } from "@/shared/api/types";
import { isWanted, type LogPages, withLine } from "./merge-log";

function line(seq: number, more: Partial<LogLine> = {}): LogLine {
  const at = "2026-11-22T10:00:00Z";
  return {
    run_id: "r",
    seq,
    at,
    node_id: "a",
    path: "",
    level: "info",
    text: `Line ${seq}`,
    ...more,
  };
}

const KNOWN: LogPages = {
  pages: [
    { items: [line(9), line(7)], next_cursor: "x" },
    { items: [line(5)], next_cursor: null },
  ],
  pageParams: [null, "x"],
};

function seqs(pages: LogPages): number[] {
  return pages.pages.flatMap((page) => page.items.map(({ seq }) => seq));
}

test("a new line comes first, a late one to its place", () => {
  expect(seqs(withLine(KNOWN, line(10)))).toEqual([10, 9, 7, 5]);
  expect(seqs(withLine(KNOWN, line(8)))).toEqual([9, 8, 7, 5]);
});

test("a line that was fetched already is not shown twice", () => {
  expect(withLine(KNOWN, line(7))).toBe(KNOWN);
  expect(withLine(KNOWN, line(5))).toBe(KNOWN);
});

test("a filter holds for live lines too", () => {
  expect(isWanted(line(1), {})).toBe(true);
  expect(isWanted(line(1), { level: "warning" })).toBe(false);
  expect(isWanted(line(1, { level: "error" }), { level: "warning" })).toBe(true);
  expect(isWanted(line(1), { node_id: "b" })).toBe(false);
  expect(isWanted(line(1), { q: "LINE" })).toBe(true);
  expect(isWanted(line(1), { q: "other" })).toBe(false);
});
