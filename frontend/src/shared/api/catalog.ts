import { queryOptions } from "@tanstack/react-query";
import { answerAs, api } from "./client";
import type { Connector, NodeType } from "./types";

// Node types and connectors come with the installation: they change with a restart alone.

export const nodeTypesQuery = queryOptions({
  queryKey: ["node-types"],
  queryFn: () => answerAs<{ items: NodeType[] }>(api.GET("/api/v1/node-types")),
  staleTime: Number.POSITIVE_INFINITY,
});

export const connectorsQuery = queryOptions({
  queryKey: ["connectors"],
  queryFn: () => answerAs<{ items: Connector[] }>(api.GET("/api/v1/connectors")),
  staleTime: Number.POSITIVE_INFINITY,
});
