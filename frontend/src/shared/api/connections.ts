import { queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import type { Connection, ConnectionHealth, JsonObject, Page } from "./types";

export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: () => call<Page<Connection>>("GET", "/connections", { query: { limit: 200 } }),
});

export function createConnection(body: { connector: string; name: string; secret: JsonObject }) {
  return call<{ id: string; health: ConnectionHealth }>("POST", "/connections", { body });
}
