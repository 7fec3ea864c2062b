import { probe } from "@/shared/lib/reachability";

/** The one connection of this tab to the server's events. */

type Listener = (event: StreamEvent) => void;

export type StreamEvent =
  | {
      kind: "run" | "node_run" | "workflow" | "log" | "notification";
      data: Record<string, unknown>;
    }
  /** What was missed can't be sent again: everything shown must be fetched anew. */
  | { kind: "reset" }
  /** The server doesn't let us listen: it may not know this session any more. */
  | { kind: "refused" };

const KINDS = ["run", "node_run", "workflow", "log", "notification"] as const;
const LONGEST_PAUSE_MS = 15_000;

export class LiveStream {
  private readonly wanted = new Map<string, number>();
  private readonly listeners = new Set<Listener>();
  private source: EventSource | null = null;
  private connectedTopics = "";
  private failures = 0;
  private planned: ReturnType<typeof setTimeout> | null = null;

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Counts the wish; the connection is renewed once for all changes of a moment. */
  subscribe(topics: readonly string[]): () => void {
    for (const topic of topics) this.wanted.set(topic, (this.wanted.get(topic) ?? 0) + 1);
    this.plan(50);
    return () => {
      for (const topic of topics) this.release(topic);
      this.plan(50);
    };
  }

  private release(topic: string): void {
    const left = (this.wanted.get(topic) ?? 1) - 1;
    if (left > 0) this.wanted.set(topic, left);
    else this.wanted.delete(topic);
  }

  private plan(delayMs: number): void {
    if (this.planned) clearTimeout(this.planned);
    this.planned = setTimeout(() => {
      this.planned = null;
      this.connect();
    }, delayMs);
  }

  private connect(): void {
    const topics = [...this.wanted.keys()].sort().join(",");
    if (this.source && topics === this.connectedTopics) return;
    this.source?.close();
    this.source = null;
    this.connectedTopics = topics;
    if (topics === "") return;
    this.open(topics);
  }

  private open(topics: string): void {
    const source = new EventSource(`/api/v1/events?topics=${encodeURIComponent(topics)}`);
    this.source = source;
    let opened = false;
    source.addEventListener("open", () => {
      // The first opening of a new source starts at "now": what happened since the pages were
      // fetched is not sent. Later openings are the browser's own, with Last-Event-ID.
      if (!opened) this.tell({ kind: "reset" });
      opened = true;
      this.failures = 0;
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        this.tell({ kind, data: JSON.parse(event.data) as Record<string, unknown> });
      });
    }
    source.addEventListener("reset", () => this.tell({ kind: "reset" }));
    source.addEventListener("error", () => {
      void probe();
      if (source.readyState === EventSource.CLOSED) this.reopenLater(source);
    });
  }

  /** The browser gives up on an answer other than 200; a restarting server is no reason to. */
  private reopenLater(failed: EventSource): void {
    if (this.source !== failed) return;
    this.source = null;
    this.failures += 1;
    this.tell({ kind: "refused" });
    this.plan(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.failures));
  }

  private tell(event: StreamEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
