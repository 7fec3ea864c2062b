import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { Connection, JsonObject } from "./types";

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

interface Consent {
  connector: string;
  name: string;
  /** The connection that is renewed; `null` makes one. */
  connection_id: string | null;
  /** More than the connector asks for by itself. */
  scopes: string[];
  auth: "oauth2" | "oauth1" | null;
}

/** Where the service asks its user whether Nodeloom may come in. */
export function askConsent(body: Consent) {
  return answer(api.POST("/api/v1/connections/oauth", { body }));
}

interface ConnectionChange {
  name?: string;
  secret?: JsonObject;
  usable_by?: Connection["usable_by"];
}

/** What is left out stays; a secret is replaced as a whole. */
export function changeConnection(id: string, body: ConnectionChange) {
  return answer(api.PUT(CONNECTION, { params: at(id), body }));
}

export function testConnection(id: string) {
  return answer(api.POST(`${CONNECTION}/test`, { params: at(id) }));
}

export function deleteConnection(id: string, force: boolean) {
  return answer(api.DELETE(CONNECTION, { params: { ...at(id), query: { force } } }));
}

/** Another connection takes the place of this one in the workflows. */
export function rebindConnection(id: string, to: string, workflow_ids: string[]) {
  return answer(api.POST(`${CONNECTION}/rebind`, { params: at(id), body: { to, workflow_ids } }));
}

/** The workflows whose draft or live version names the connection. */
export function connectionUsesQuery(id: string) {
  return queryOptions({
    queryKey: ["connections", id, "used-by"],
    queryFn: () => answer(api.GET(`${CONNECTION}/used-by`, { params: at(id) })),
  });
}

interface OptionsAsked {
  loader: string;
  params: JsonObject;
  search: string;
  cursor: string | null;
}

/** A page of what can be chosen at the service. */
export function askOptions(id: string, body: OptionsAsked) {
  return answer(api.POST(`${CONNECTION}/options`, { params: at(id), body }));
}
