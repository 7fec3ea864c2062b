import { queryOptions } from "@tanstack/react-query";
import { answerAs, api } from "@/shared/api/client";
import type { JsonValue, Page, Variable } from "@/shared/api/types";

export interface VariableChange {
  /** Left out, the value stays as it is. */
  value?: JsonValue;
  secret?: boolean;
  description?: string;
}

const VARIABLE = "/api/v1/variables/{name}";

export const variablesQuery = queryOptions({
  queryKey: ["variables"],
  queryFn: () =>
    answerAs<Page<Variable>>(api.GET("/api/v1/variables", { params: { query: { limit: 200 } } })),
});

export function putVariable(name: string, body: VariableChange) {
  return answerAs<unknown>(api.PUT(VARIABLE, { params: { path: { name } }, body }));
}

export function deleteVariable(name: string) {
  return answerAs<unknown>(api.DELETE(VARIABLE, { params: { path: { name } } }));
}
