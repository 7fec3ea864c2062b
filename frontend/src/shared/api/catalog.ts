import { queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import type { Connector, NodeType } from "./types";

export const nodeTypesQuery = queryOptions({
  queryKey: ["node-types"],
  queryFn: () => call<{ items: NodeType[] }>("GET", "/node-types"),
  staleTime: Number.POSITIVE_INFINITY,
});

export const connectorsQuery = queryOptions({
  queryKey: ["connectors"],
  queryFn: () => call<{ items: Connector[] }>("GET", "/connectors"),
  staleTime: Number.POSITIVE_INFINITY,
});
