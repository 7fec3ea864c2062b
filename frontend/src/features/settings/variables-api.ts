import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/generated/schema";
import type { JsonValue } from "@/shared/api/types";

type Schemas = components["schemas"];

export type Variable = Omit<Schemas["VariableRead"], "value"> & { value: JsonValue };

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
    answer(api.GET("/api/v1/variables", { params: { query: { limit: 200 } } })) as Promise<{
      items: Variable[];
    }>,
});

export function putVariable(name: string, body: VariableChange) {
  return answer(api.PUT(VARIABLE, { params: { path: { name } }, body }));
}

export function deleteVariable(name: string) {
  return answer(api.DELETE(VARIABLE, { params: { path: { name } } }));
}
