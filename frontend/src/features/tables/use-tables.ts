import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  addRow,
  changeRow,
  changeTable,
  createTable,
  deleteRow,
  deleteTable,
  importRows,
  type TableChange,
  tablesQuery,
} from "@/shared/api/tables";
import type { JsonObject } from "@/shared/api/types";

/** Everything about tables begins with the list's key, so one call reads all of it anew. */
function useRefetch() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: tablesQuery.queryKey });
}

export function useCreateTable() {
  const refetch = useRefetch();
  return useMutation({ mutationFn: createTable, onSuccess: refetch });
}

export function useChangeTable(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: (change: TableChange) => changeTable(id, change),
    onSuccess: refetch,
  });
}

export function useDeleteTable(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => deleteTable(id),
    onSuccess: () => client.invalidateQueries({ queryKey: tablesQuery.queryKey, exact: true }),
  });
}

export function useAddRow(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: (values: JsonObject) => addRow(id, values),
    onSuccess: refetch,
  });
}

export function useImportRows(id: string) {
  const refetch = useRefetch();
  return useMutation({ mutationFn: (file: File) => importRows(id, file), onSuccess: refetch });
}

export function useChangeRow(id: string, row: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: (values: JsonObject) => changeRow(id, row, values),
    onSuccess: refetch,
  });
}

export function useDeleteRow(id: string, row: string) {
  const refetch = useRefetch();
  return useMutation({ mutationFn: () => deleteRow(id, row), onSuccess: refetch });
}
