import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { connectionsQuery } from "@/shared/api/connections";
import type { LogFilter } from "@/shared/api/logs";
import { NOTIFICATIONS } from "@/shared/api/notifications";
import { outcomesQuery, runQuery } from "@/shared/api/runs";
import { meQuery } from "@/shared/api/session";
import type { LogLine, NodeRun, RunSummary } from "@/shared/api/types";
import { throttled } from "@/shared/lib/throttle";
import { mergeNodeRun, mergeRun, type RunPages, replaceInPages, shows } from "./merge";
import { isWanted, type LogPages, withLine } from "./merge-log";
import { LiveStream, type StreamEvent } from "./stream";

const stream = new LiveStream();
const REFETCH_PAUSE_MS = 1_000;
// By then a worker has written down what went on before it knew that somebody looks.
const FIRST_RECHECK_MS = 1_300;
const RECHECK_MS = 5_000;

/** Keeps the query cache up to date with `run:ID`, `workflow:ID` or `runs` while mounted. */
export function useLive(topics: readonly string[]): void {
  const joined = topics.join(",");
  useEffect(() => {
    if (joined === "") return;
    return stream.subscribe(joined.split(","));
  }, [joined]);
}

/** Asks for a run now and then while it goes on: nodes that ran before the server knew of us sent no event. */
export function useRecheckedRun(runId: string | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (runId === null) return;
    const { queryKey } = runQuery(runId);
    const recheck = () => {
      const status = client.getQueryData(queryKey)?.status;
      if (status === "queued" || status === "running") {
        void client.invalidateQueries({ queryKey, exact: true });
      }
    };
    const soon = setTimeout(recheck, FIRST_RECHECK_MS);
    const timer = setInterval(recheck, RECHECK_MS);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [client, runId]);
}

/** Once, at the root: writes what the stream says into the query cache. */
export function useLiveCache(): void {
  const client = useQueryClient();
  useEffect(() => stream.listen(cacheWriter(client)), [client]);
}

function cacheWriter(client: QueryClient): (event: StreamEvent) => void {
  // Under load hundreds of runs start in a second; the list is fetched anew once for all.
  const refetchRuns = throttled(
    () => void client.invalidateQueries({ queryKey: ["runs"] }),
    REFETCH_PAUSE_MS,
  );
  const refetchOutcomes = throttled(
    () => void client.invalidateQueries({ queryKey: outcomesQuery.queryKey }),
    REFETCH_PAUSE_MS,
  );
  return (event) => {
    switch (event.kind) {
      case "run": {
        const run = event.data as unknown as RunSummary;
        if (!writeRun(client, run) || client.isFetching({ queryKey: ["runs"] }) > 0) refetchRuns();
        refetchOutcomes();
        break;
      }
      case "node_run": {
        const nodeRun = event.data as unknown as NodeRun & { run_id: string };
        writeNodeRun(client, nodeRun);
        // Its run may have begun before the worker knew that somebody watches.
        if (!isListed(client, nodeRun.run_id)) refetchRuns();
        break;
      }
      case "workflow":
        void client.invalidateQueries({ queryKey: ["workflows"] });
        void client.invalidateQueries({ queryKey: ["workflow", event.data.id], exact: true });
        break;
      case "reset":
        for (const key of ["runs", "run", "workflows", "outcomes", ...NOTIFICATIONS]) {
          void client.invalidateQueries({ queryKey: [key] });
        }
        break;
      case "notification":
        void client.invalidateQueries({ queryKey: NOTIFICATIONS });
        // Among them: a service took an account back.
        void client.invalidateQueries({ queryKey: connectionsQuery.queryKey, exact: true });
        break;
      case "refused":
        void client.invalidateQueries({ queryKey: meQuery.queryKey });
        break;
      case "log":
        writeLine(client, event.data as unknown as LogLine);
        break;
    }
  };
}

/** Whether a list showed the run. */
function writeRun(client: QueryClient, event: RunSummary): boolean {
  client.setQueryData(runQuery(event.id).queryKey, (known) => known && mergeRun(known, event));
  // Of nodes that ran before the server knew that somebody watches there was no event.
  if (event.status === "queued" || event.status === "running") askAgain(client, event.id);
  else {
    void client.invalidateQueries({ queryKey: runQuery(event.id).queryKey, exact: true });
    void client.invalidateQueries({ queryKey: ["run", event.id, "logs"] });
  }
  let shown = false;
  client.setQueriesData<RunPages>({ queryKey: ["runs"] }, (pages) => {
    const replaced = pages && replaceInPages(pages, event);
    shown ||= Boolean(replaced);
    return replaced ?? pages;
  });
  return shown;
}

function isListed(client: QueryClient, runId: string): boolean {
  const lists = client.getQueriesData<RunPages>({ queryKey: ["runs"] });
  return lists.some(([, pages]) => pages !== undefined && shows(pages, runId));
}

function writeLine(client: QueryClient, line: LogLine): void {
  const shown = client.getQueriesData<LogPages>({ queryKey: ["run", line.run_id, "logs"] });
  for (const [key, pages] of shown) {
    if (pages && isWanted(line, key[3] as LogFilter))
      client.setQueryData(key, withLine(pages, line));
  }
}

function writeNodeRun(client: QueryClient, event: NodeRun & { run_id: string }): void {
  client.setQueryData(
    runQuery(event.run_id).queryKey,
    (known) => known && mergeNodeRun(known, event),
  );
  askAgain(client, event.run_id);
  for (const part of ["items", "attempts"]) {
    void client.invalidateQueries({ queryKey: ["run", event.run_id, part, event.node_id] });
  }
}

/** An answer that is under way may be older than the event, and would hide it when it comes. */
function askAgain(client: QueryClient, runId: string): void {
  const asked = { queryKey: runQuery(runId).queryKey, exact: true };
  if (client.isFetching(asked) > 0) void client.invalidateQueries(asked);
}
