import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/schema";

export type OwnApi = components["schemas"]["ApiRead"];
export type MadeApi = components["schemas"]["ApiMade"];
export type Breaker = components["schemas"]["BreakerRead"];

export const apisQuery = queryOptions({
  queryKey: ["apis"],
  queryFn: () => answer(api.GET("/api/v1/apis")),
});

/** The document as text, or where it is fetched from. */
export interface ApiDescription {
  title: string | null;
  document: string | null;
  address: string | null;
}

export function createApi(body: ApiDescription) {
  return answer(api.POST("/api/v1/apis", { body }));
}

export function replaceApi(name: string, body: ApiDescription) {
  return answer(api.PUT("/api/v1/apis/{name}", { params: { path: { name } }, body }));
}

export function deleteApi(name: string) {
  return answer(api.DELETE("/api/v1/apis/{name}", { params: { path: { name } } }));
}

/** Hosts that failed lately, looked at anew while somebody looks. */
export const breakersQuery = queryOptions({
  queryKey: ["breakers"],
  queryFn: () => answer(api.GET("/api/v1/breakers")),
  refetchInterval: 3000,
});
