import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, answerAs, api } from "./client";
import type { components } from "./generated/schema";
import type { JsonObject, Page } from "./types";

type Schemas = components["schemas"];

export type DataTable = Schemas["TableRead"];
export type TableColumn = Schemas["ColumnRead"];
export type ColumnType = TableColumn["type"];
export type TableRow = Omit<Schemas["RowRead"], "values"> & { values: JsonObject };
export type TableCreate = Schemas["TableCreate"];
export type TableChange = Schemas["TableChange"];

export interface RowsWanted {
  /** A column; with - before it, descending; "" for the newest first. */
  sort: string;
  q: string;
  /** JSON of conditions, or "". */
  filter: string;
}

const TABLE = "/api/v1/tables/{table_id}";
const ROW = `${TABLE}/rows/{row_id}` as const;

export const tablesQuery = queryOptions({
  queryKey: ["tables"],
  queryFn: () => answer(api.GET("/api/v1/tables", { params: { query: { limit: 200 } } })),
});

export function tableQuery(table_id: string) {
  return queryOptions({
    queryKey: ["tables", table_id],
    queryFn: () => answer(api.GET(TABLE, { params: { path: { table_id } } })),
  });
}

export function rowsQuery(table_id: string, { sort, q, filter }: RowsWanted) {
  return infiniteQueryOptions({
    queryKey: ["tables", table_id, "rows", sort, q, filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answerAs<Page<TableRow>>(
        api.GET(`${TABLE}/rows`, {
          params: {
            path: { table_id },
            query: {
              limit: 50,
              ...(pageParam ? { cursor: pageParam } : {}),
              ...(sort ? { sort } : {}),
              ...(q ? { q } : {}),
              ...(filter ? { filter } : {}),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function createTable(body: TableCreate) {
  return answer(api.POST("/api/v1/tables", { body }));
}

export function changeTable(table_id: string, body: TableChange) {
  return answer(api.PATCH(TABLE, { params: { path: { table_id } }, body }));
}

export function deleteTable(table_id: string) {
  return answer(api.DELETE(TABLE, { params: { path: { table_id } } }));
}

/** Where all rows are fetched as a file. */
export function exportAddress(table_id: string): string {
  return `/api/v1/tables/${encodeURIComponent(table_id)}/export`;
}

/** All rows of a CSV file, or none. */
export function importRows(table_id: string, file: File) {
  return answer(
    api.POST(`${TABLE}/import`, {
      params: { path: { table_id } },
      body: { file: "" },
      bodySerializer: () => {
        const form = new FormData();
        form.append("file", file);
        return form;
      },
    }),
  );
}

export function addRow(table_id: string, values: JsonObject) {
  return answer(api.POST(`${TABLE}/rows`, { params: { path: { table_id } }, body: { values } }));
}

export function changeRow(table_id: string, row_id: string, values: JsonObject) {
  return answer(api.PATCH(ROW, { params: { path: { table_id, row_id } }, body: { values } }));
}

export function deleteRow(table_id: string, row_id: string) {
  return answer(api.DELETE(ROW, { params: { path: { table_id, row_id } } }));
}
