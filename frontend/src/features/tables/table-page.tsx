import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Columns3, Download, Ellipsis, Plus, Table2, Trash2, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useMay } from "@/shared/api/roles";
import { type DataTable, exportAddress, rowsQuery, tableQuery } from "@/shared/api/tables";
import { plural } from "@/shared/lib/format";
import { download } from "@/shared/lib/json-file";
import { useDebounced } from "@/shared/lib/use-debounced";
import { useTitle } from "@/shared/lib/use-title";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { IconButton } from "@/shared/ui/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/shared/ui/menu";
import { PageTop } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toast, toastProblem } from "@/shared/ui/toast";
import { AddRowDialog } from "./add-row-dialog";
import { type Filter, filterText, NO_FILTER, RowFilter } from "./row-filter";
import { RowGrid } from "./row-grid";
import { TableDialog } from "./table-dialog";
import styles from "./tables.module.css";
import { useChangeTable, useDeleteTable, useImportRows } from "./use-tables";

export function TablePage() {
  const { id = "" } = useParams();
  const query = useQuery(tableQuery(id));
  useTitle(query.data?.name ?? "Table");
  return (
    <>
      {query.isPending ? <PageTop title="Table" /> : null}
      {query.isError ? (
        <main className={styles.problem}>
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        </main>
      ) : null}
      {query.data ? <OpenTable key={id} table={query.data} /> : null}
    </>
  );
}

type Asking = "row" | "columns" | "delete" | null;

function OpenTable({ table }: { table: DataTable }) {
  const mayWrite = useMay("runner");
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAsking("row")}>
      Add row
    </Button>
  );
  return (
    <>
      <PageTop
        title={table.name}
        chips={<Chip>{plural(table.row_count, "row")}</Chip>}
        actions={
          <>
            {mayWrite ? add : null}
            <TableMenu table={table} ask={setAsking} />
          </>
        }
      />
      <main className={styles.page}>
        {table.row_count === 0 ? (
          <EmptyState
            icon={<Table2 aria-hidden />}
            title="No rows yet"
            action={mayWrite ? add : null}
          >
            Add one here, import a CSV file by the menu above, or let a workflow write it: the step
            “Table” with this table's name.
          </EmptyState>
        ) : (
          <Rows table={table} mayWrite={mayWrite} />
        )}
      </main>
      {asking === "row" ? <AddRowDialog table={table} onClose={close} /> : null}
      {asking === "columns" ? <ChangeTable table={table} onClose={close} /> : null}
      {asking === "delete" ? <DeleteTable table={table} onClose={close} /> : null}
    </>
  );
}

function TableMenu({ table, ask }: { table: DataTable; ask: (what: Asking) => void }) {
  const mayEdit = useMay("editor");
  const mayWrite = useMay("runner");
  const input = useRef<HTMLInputElement>(null);
  const importRows = useImportRows(table.id);
  return (
    <>
      <Menu
        trigger={<IconButton label={`More for ${table.name}`} icon={<Ellipsis aria-hidden />} />}
      >
        {mayEdit ? (
          <MenuItem icon={<Columns3 aria-hidden />} onSelect={() => ask("columns")}>
            Name and columns
          </MenuItem>
        ) : null}
        <MenuItem
          icon={<Download aria-hidden />}
          onSelect={() => download(exportAddress(table.id), `${table.name}.csv`)}
        >
          Export as CSV
        </MenuItem>
        {mayWrite ? (
          <MenuItem
            icon={<Upload aria-hidden />}
            disabled={importRows.isPending}
            onSelect={() => input.current?.click()}
          >
            Import CSV
          </MenuItem>
        ) : null}
        {mayEdit ? (
          <>
            <MenuSeparator />
            <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => ask("delete")}>
              Delete the table
            </MenuItem>
          </>
        ) : null}
      </Menu>
      <input
        ref={input}
        type="file"
        accept="text/csv,.csv,.tsv,.txt"
        aria-label="CSV file"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) importRows.mutate(file, { onSuccess: tellImported, onError: toastProblem });
        }}
      />
    </>
  );
}

function tellImported({ added, changed }: { added: number; changed: number }): void {
  const parts = [
    ...(added > 0 || changed === 0 ? [`${plural(added, "row")} added`] : []),
    ...(changed > 0 ? [`${plural(changed, "row")} changed`] : []),
  ];
  toast({ title: parts.join(", ") });
}

function Rows({ table, mayWrite }: { table: DataTable; mayWrite: boolean }) {
  const [word, setWord] = useState("");
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [sort, setSort] = useState("");
  const wanted = { sort, q: useDebounced(word.trim()), filter: useDebounced(filterText(filter)) };
  const query = useInfiniteQuery(rowsQuery(table.id, wanted));
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <RowFilter
        table={table}
        word={word}
        onWord={setWord}
        filter={filter}
        onFilter={setFilter}
        found={query.isSuccess ? rows.length : null}
        more={query.hasNextPage}
      />
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows rows={8} height={33} /> : null}
      {query.isSuccess && rows.length === 0 ? (
        <EmptyState title="No row fits" size="small">
          Take the search or the filter back.
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <RowGrid table={table} rows={rows} sort={sort} onSort={setSort} mayWrite={mayWrite} />
      ) : null}
      {query.hasNextPage ? (
        <Button
          className={styles.more}
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Load more rows
        </Button>
      ) : null}
    </>
  );
}

function ChangeTable({ table, onClose }: { table: DataTable; onClose: () => void }) {
  const change = useChangeTable(table.id);
  return (
    <TableDialog
      title="Name and columns"
      confirmLabel="Save"
      table={table}
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onSave={(draft) => change.mutate(draft, { onSuccess: onClose })}
    />
  );
}

function DeleteTable({ table, onClose }: { table: DataTable; onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useDeleteTable(table.id);
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      danger
      title={`Delete “${table.name}”?`}
      description={`Its ${plural(table.row_count, "row")} go with it. Workflows that read it will fail.`}
      confirmLabel="Delete the table"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate("/tables") })}
    />
  );
}
