import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { JsonObject } from "./types";

const CONNECTION = "/api/v1/connections/{connection_id}";

function at(connection_id: string) {
  return { path: { connection_id } };
}

export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: () => answer(api.GET("/api/v1/connections", { params: { query: { limit: 200 } } })),
});

export interface NewConnection {
  connector: string;
  name: string;
  secret: JsonObject;
}

export function createConnection(body: NewConnection) {
  return answer(api.POST("/api/v1/connections", { body }));
}

/** What is left out stays; a secret is replaced as a whole. */
export function changeConnection(id: string, body: { name?: string; secret?: JsonObject }) {
  return answer(api.PUT(CONNECTION, { params: at(id), body }));
}

export function testConnection(id: string) {
  return answer(api.POST(`${CONNECTION}/test`, { params: at(id) }));
}

export function deleteConnection(id: string, force: boolean) {
  return answer(api.DELETE(CONNECTION, { params: { ...at(id), query: { force } } }));
}

/** The workflows whose draft or live version names the connection. */
export function connectionUsesQuery(id: string) {
  return queryOptions({
    queryKey: ["connections", id, "used-by"],
    queryFn: () => answer(api.GET(`${CONNECTION}/used-by`, { params: at(id) })),
  });
}
