import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { runQuery } from "@/shared/api/runs";
import type { NodeRun, RunSummary } from "@/shared/api/types";
import { mergeNodeRun, mergeRun, replaceInPages } from "./merge";
import { LiveStream, type StreamEvent } from "./stream";

const stream = new LiveStream();

/** Keeps the query cache up to date with `run:ID`, `workflow:ID` or `runs` while mounted. */
export function useLive(topics: readonly string[]): void {
  const joined = topics.join(",");
  useEffect(() => {
    if (joined === "") return;
    return stream.subscribe(joined.split(","));
  }, [joined]);
}

/** Once, at the root: writes what the stream says into the query cache. */
export function useLiveCache(): void {
  const client = useQueryClient();
  useEffect(() => stream.listen((event) => writeToCache(client, event)), [client]);
}

function writeToCache(client: QueryClient, event: StreamEvent): void {
  switch (event.kind) {
    case "run":
      writeRun(client, event.data as unknown as RunSummary);
      return;
    case "node_run":
      writeNodeRun(client, event.data as unknown as NodeRun & { run_id: string });
      return;
    case "workflow":
      void client.invalidateQueries({ queryKey: ["workflows"] });
      void client.invalidateQueries({ queryKey: ["workflow", event.data.id], exact: true });
      return;
    case "reset":
      void client.invalidateQueries({ queryKey: ["runs"] });
      void client.invalidateQueries({ queryKey: ["run"] });
      void client.invalidateQueries({ queryKey: ["workflows"] });
      return;
    case "log":
      return;
  }
}

function writeRun(client: QueryClient, event: RunSummary): void {
  client.setQueryData(runQuery(event.id).queryKey, (known) => known && mergeRun(known, event));
  let shown = false;
  client.setQueriesData<Parameters<typeof replaceInPages>[0]>({ queryKey: ["runs"] }, (pages) => {
    const replaced = pages && replaceInPages(pages, event);
    shown ||= Boolean(replaced);
    return replaced ?? pages;
  });
  if (!shown) void client.invalidateQueries({ queryKey: ["runs"] });
}

function writeNodeRun(client: QueryClient, event: NodeRun & { run_id: string }): void {
  client.setQueryData(
    runQuery(event.run_id).queryKey,
    (known) => known && mergeNodeRun(known, event),
  );
  void client.invalidateQueries({ queryKey: ["run", event.run_id, "items", event.node_id] });
}
