import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Graph } from "../model/graph";
import { sampleGraph } from "../model/sample-types";
import { DraftSaver, NotSaved, type SaveOutcome } from "./draft-saver";

/** A server whose answers the test gives, one save at a time. */
function server() {
  const saves: { graph: Graph; revision: number; answer: (outcome: SaveOutcome) => void }[] = [];
  const save = (graph: Graph, revision: number) =>
    new Promise<SaveOutcome>((answer) => saves.push({ graph, revision, answer }));
  return { saves, save };
}

const [first, second] = [sampleGraph("a"), sampleGraph("a b")] as const;

describe("saving a draft", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits for a pause, then saves the last edit on the known revision", async () => {
    const { saves, save } = server();
    const saver = new DraftSaver(save, 3);
    saver.changed(first);
    await vi.advanceTimersByTimeAsync(900);
    saver.changed(second);
    await vi.advanceTimersByTimeAsync(900);
    expect(saves).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(saves.map(({ graph, revision }) => [graph, revision])).toEqual([[second, 3]]);
    expect(saver.current().kind).toBe("saving");
    saves[0]?.answer({ kind: "saved", revision: 4 });
    await vi.advanceTimersByTimeAsync(0);
    expect([saver.current().kind, saver.revision]).toEqual(["saved", 4]);
  });

  it("never has two saves in flight", async () => {
    const { saves, save } = server();
    const saver = new DraftSaver(save, 1);
    saver.changed(first);
    await vi.advanceTimersByTimeAsync(1000);
    saver.changed(second);
    await vi.advanceTimersByTimeAsync(5000);
    expect(saves).toHaveLength(1);
    saves[0]?.answer({ kind: "saved", revision: 2 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(saves[1]).toMatchObject({ graph: second, revision: 2 });
  });

  it("flushes at once, edits made meanwhile included", async () => {
    const { saves, save } = server();
    const saver = new DraftSaver(save, 1);
    saver.changed(first);
    const flushed = saver.flush();
    saver.changed(second);
    saves[0]?.answer({ kind: "saved", revision: 2 });
    await vi.advanceTimersByTimeAsync(0);
    saves[1]?.answer({ kind: "saved", revision: 3 });
    await flushed;
    expect(saver.current().kind).toBe("saved");
  });

  it("stops at a conflict until somebody chooses", async () => {
    const { saves, save } = server();
    const saver = new DraftSaver(save, 1);
    saver.changed(first);
    const flushed = saver.flush();
    saves[0]?.answer({ kind: "conflict", revision: 7, graph: {} });
    await expect(flushed).rejects.toBeInstanceOf(NotSaved);
    saver.changed(second);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saves).toHaveLength(1);
    const kept = saver.keepMine(second);
    expect(saves[1]).toMatchObject({ graph: second, revision: 7 });
    saves[1]?.answer({ kind: "saved", revision: 8 });
    await kept;
    expect(saver.current().kind).toBe("saved");
  });

  it("tries again while the server can't be reached", async () => {
    const { saves, save } = server();
    const saver = new DraftSaver(save, 1);
    saver.changed(first);
    await vi.advanceTimersByTimeAsync(1000);
    saves[0]?.answer({ kind: "offline" });
    await vi.advanceTimersByTimeAsync(0);
    expect([saver.current().kind, saver.isClean]).toEqual(["offline", false]);
    await vi.advanceTimersByTimeAsync(4000);
    expect(saves).toHaveLength(2);
    saves[1]?.answer({ kind: "saved", revision: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect(saver.current().kind).toBe("saved");
  });
});
