import type { LogFilter } from "@/shared/api/logs";
import type { LogLevel, LogLine } from "@/shared/api/types";

export interface LogPages {
  pages: { items: LogLine[]; next_cursor: string | null }[];
  pageParams: unknown[];
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warning", "error"];

/** Whether the server would give the line for that filter. */
export function isWanted(line: LogLine, { level, node_id, q }: LogFilter): boolean {
  return (
    (level === undefined || LEVELS.indexOf(line.level) >= LEVELS.indexOf(level)) &&
    (node_id === undefined || line.node_id === node_id) &&
    (q === undefined || line.text.toLowerCase().includes(q.toLowerCase()))
  );
}

/** The pages with the line in its place among the newest; the very same if they hold it. */
export function withLine(known: LogPages, line: LogLine): LogPages {
  const [newest, ...older] = known.pages;
  if (newest === undefined) return known;
  if (known.pages.some((page) => page.items.some(({ seq }) => seq === line.seq))) return known;
  const place = newest.items.findIndex(({ seq }) => seq < line.seq);
  const at = place < 0 ? newest.items.length : place;
  const items = [...newest.items.slice(0, at), line, ...newest.items.slice(at)];
  return { ...known, pages: [{ ...newest, items }, ...older] };
}
