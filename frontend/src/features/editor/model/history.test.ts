import { describe, expect, it } from "vitest";
import { begin, record, redo, undo } from "./history";
import { sampleGraph } from "./sample-types";

const [first, second, third] = [
  sampleGraph("a"),
  sampleGraph("a b"),
  sampleGraph("a b c"),
] as const;

describe("history", () => {
  it("goes back and forth", () => {
    const done = record(record(begin(first), second, { at: 1 }), third, { at: 2 });
    expect(undo(undo(done)).present).toBe(first);
    expect(redo(undo(done)).present).toBe(third);
    expect(undo(undo(undo(done))).present).toBe(first);
  });

  it("forgets what was undone once something else is done", () => {
    const done = record(undo(record(begin(first), second, { at: 1 })), third, { at: 2 });
    expect(redo(done).present).toBe(third);
    expect(undo(done).present).toBe(first);
  });

  it("takes typing on as one step, until a pause", () => {
    const typed = record(record(begin(first), second, { key: "title", at: 0 }), third, {
      key: "title",
      at: 400,
    });
    expect(undo(typed).present).toBe(first);
    const paused = record(record(begin(first), second, { key: "title", at: 0 }), third, {
      key: "title",
      at: 4000,
    });
    expect(undo(paused).present).toBe(second);
  });

  it("does not count a change that changed nothing", () => {
    const history = begin(first);
    expect(record(history, first, { at: 1 })).toBe(history);
  });
});
