import type { Graph } from "../model/graph";

export type SaveState =
  | { readonly kind: "saved" }
  | { readonly kind: "unsaved" }
  | { readonly kind: "saving" }
  | { readonly kind: "offline" }
  | { readonly kind: "refused"; readonly error: unknown }
  | { readonly kind: "conflict"; readonly revision: number; readonly graph: unknown };

/** What a save ended with; the door to the server turns its answers into one of these. */
export type SaveOutcome =
  | { readonly kind: "saved"; readonly revision: number }
  | { readonly kind: "conflict"; readonly revision: number; readonly graph: unknown }
  | { readonly kind: "offline" }
  | { readonly kind: "refused"; readonly error: unknown };

export type Save = (graph: Graph, revision: number) => Promise<SaveOutcome>;

const PAUSE_MS = 1000;
const RETRY_MS = 4000;

/** Raised by `flush` when the draft could not be saved; the state says why. */
export class NotSaved extends Error {}

/** Brings a draft to the server a moment after the last edit: one save at a time, each on the revision before it. */
export class DraftSaver {
  private state: SaveState = { kind: "saved" };
  private pending: Graph | null = null;
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly save: Save,
    public revision: number,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): SaveState => this.state;

  get isClean(): boolean {
    return this.pending === null && this.running === null;
  }

  changed(graph: Graph): void {
    this.pending = graph;
    if (this.state.kind === "conflict") return;
    if (this.state.kind !== "offline" && this.running === null) this.become({ kind: "unsaved" });
    this.plan(PAUSE_MS);
  }

  /** Saves at once what is unsaved, and whatever is edited meanwhile. */
  async flush(): Promise<void> {
    this.cancel();
    while (this.running !== null || (this.pending !== null && this.state.kind !== "conflict")) {
      await (this.running ?? this.start());
      if (this.state.kind === "offline" || this.state.kind === "refused") break;
    }
    if (this.state.kind !== "saved") throw new NotSaved("The draft is not saved");
  }

  /** Ends a conflict: what is here is saved on top of what came from elsewhere. */
  async keepMine(graph: Graph): Promise<void> {
    if (this.state.kind !== "conflict") return;
    this.revision = this.state.revision;
    this.pending = graph;
    this.become({ kind: "unsaved" });
    await this.flush();
  }

  /** Ends a conflict, or follows a change made elsewhere: nothing of ours is left to save. */
  follow(revision: number): void {
    this.cancel();
    this.revision = revision;
    this.pending = null;
    this.become({ kind: "saved" });
  }

  private plan(afterMs: number): void {
    this.cancel();
    this.timer = setTimeout(() => {
      if (this.running === null && this.pending !== null) void this.start();
    }, afterMs);
  }

  private cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private start(): Promise<void> {
    this.running = this.saveOnce().finally(() => {
      this.running = null;
      if (this.pending !== null && this.state.kind !== "conflict") {
        this.plan(this.state.kind === "saving" ? PAUSE_MS : RETRY_MS);
      }
      if (this.state.kind === "saving") {
        this.become(this.pending === null ? { kind: "saved" } : { kind: "unsaved" });
      }
    });
    return this.running;
  }

  private async saveOnce(): Promise<void> {
    const graph = this.pending;
    if (graph === null) return;
    this.pending = null;
    this.become({ kind: "saving" });
    const outcome = await this.save(graph, this.revision);
    if (outcome.kind === "saved") {
      this.revision = outcome.revision;
      return;
    }
    this.pending ??= graph;
    this.become(outcome);
  }

  private become(state: SaveState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
