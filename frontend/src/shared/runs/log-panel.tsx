import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowDown, Copy, Search } from "lucide-react";
import { useState } from "react";
import { type LogFilter, logsQuery } from "@/shared/api/logs";
import type { LogLevel, LogLine } from "@/shared/api/types";
import { exactTime, plural } from "@/shared/lib/format";
import { useDebounced } from "@/shared/lib/use-debounced";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { IconButton } from "@/shared/ui/icon-button";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toast } from "@/shared/ui/toast";
import styles from "./log-panel.module.css";
import { logText, useTail } from "./log-tail";

type Shown = LogLevel | "all";

const LEVELS: { value: Shown; label: string }[] = [
  { value: "all", label: "All levels" },
  { value: "info", label: "Info and graver" },
  { value: "warning", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
];

interface LogPanelProps {
  runId: string;
  /** Whether more may come. */
  active: boolean;
  titleOf: (nodeId: string) => string;
  onJump: (nodeId: string, path: string) => void;
}

/** What the nodes of a run said: the newest at the bottom, followed as it comes until somebody scrolls up. */
export function LogPanel({ runId, active, titleOf, onJump }: LogPanelProps) {
  const [level, setLevel] = useState<Shown>("all");
  const [typed, setTyped] = useState("");
  const q = useDebounced(typed.trim());
  const filter: LogFilter = { ...(level === "all" ? {} : { level }), ...(q === "" ? {} : { q }) };
  const query = useInfiniteQuery({
    ...logsQuery(runId, filter),
    placeholderData: (previous) => previous,
  });
  const lines = (query.data?.pages.flatMap((page) => page.items) ?? []).reverse();
  const tail = useTail(lines.at(-1)?.seq);
  return (
    <div className={styles.panel}>
      <div className={styles.tools}>
        <Select size="small" fit label="Level" value={level} onChange={setLevel} options={LEVELS} />
        <Input
          className={styles.search}
          type="search"
          lead={<Search aria-hidden />}
          aria-label="Search the log"
          placeholder="Search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <CopyLines lines={lines} titleOf={titleOf} />
      </div>
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows rows={3} height={24} /> : null}
      {query.isSuccess && lines.length === 0 ? (
        <Nothing filtered={level !== "all" || q !== ""} active={active} />
      ) : null}
      {lines.length > 0 ? (
        <div className={styles.frame}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <section className={styles.lines} aria-label="Log" tabIndex={0} {...tail.list}>
            {query.hasNextPage ? (
              <Button
                size="small"
                busy={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Show earlier lines
              </Button>
            ) : null}
            <ol aria-live={active ? "polite" : "off"}>
              {lines.map((line) => (
                <Line key={line.seq} line={line} titleOf={titleOf} onJump={onJump} />
              ))}
            </ol>
          </section>
          {tail.away ? (
            <span className={styles.newest}>
              <Button size="small" icon={<ArrowDown aria-hidden />} onClick={tail.follow}>
                To the newest
              </Button>
            </span>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

interface LineProps extends Pick<LogPanelProps, "titleOf" | "onJump"> {
  line: LogLine;
}

function Line({ line, titleOf, onJump }: LineProps) {
  const { node_id: nodeId } = line;
  return (
    <li className={styles.line} data-level={line.level}>
      <time dateTime={line.at} title={exactTime(line.at)}>
        {new Date(line.at).toLocaleTimeString("en-GB")}
      </time>
      <span className={styles.level}>{line.level}</span>
      <span className={styles.where}>
        {nodeId === null ? (
          <span className={styles.run}>Run</span>
        ) : (
          <button type="button" onClick={() => onJump(nodeId, line.path)}>
            {titleOf(nodeId)}
            {line.path ? <small> {line.path}</small> : null}
          </button>
        )}
      </span>
      <span className={styles.text}>{line.text}</span>
    </li>
  );
}

function Nothing({ filtered, active }: { filtered: boolean; active: boolean }) {
  if (filtered) {
    return (
      <EmptyState size="small" title="No line is like that">
        Choose another level, or empty the search.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      size="small"
      title={active ? "Nothing was said yet" : "Nothing was said in this run"}
    >
      What code writes with <code>console.log</code> or <code>print</code> appears here, and what
      nodes fail at or wait for.
    </EmptyState>
  );
}

function CopyLines({ lines, titleOf }: { lines: LogLine[]; titleOf: (nodeId: string) => string }) {
  return (
    <IconButton
      size="small"
      label="Copy the shown lines"
      icon={<Copy aria-hidden />}
      disabled={lines.length === 0}
      onClick={() => {
        const title = `${plural(lines.length, "line")} copied`;
        void navigator.clipboard.writeText(logText(lines, titleOf)).then(() => toast({ title }));
      }}
    />
  );
}
