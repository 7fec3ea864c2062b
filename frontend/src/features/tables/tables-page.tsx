import { useQuery } from "@tanstack/react-query";
import { Plus, Table2 } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useMay } from "@/shared/api/roles";
import { type DataTable, tablesQuery } from "@/shared/api/tables";
import { plural } from "@/shared/lib/format";
import { useTitle } from "@/shared/lib/use-title";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageBody, PageTop, Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { RelativeTime } from "@/shared/ui/relative-time";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { TableDialog } from "./table-dialog";
import styles from "./tables.module.css";
import { useCreateTable } from "./use-tables";

export function TablesPage() {
  useTitle("Tables");
  const mayEdit = useMay("editor");
  const [adding, setAdding] = useState(false);
  const tables = useQuery(tablesQuery);
  const items = tables.data?.items ?? [];
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New table
    </Button>
  );
  return (
    <>
      <PageTop title="Tables" actions={mayEdit && items.length > 0 ? add : null} />
      <PageBody>
        {tables.isPending ? (
          <Sheet>
            <SkeletonRows rows={4} height={57} />
          </Sheet>
        ) : null}
        {tables.isError ? (
          <Problem error={tables.error} onRetry={() => void tables.refetch()} />
        ) : null}
        {tables.isSuccess && items.length === 0 ? (
          <EmptyState
            icon={<Table2 aria-hidden />}
            title="No tables yet"
            action={mayEdit ? add : null}
          >
            A table keeps rows that workflows write and read: what was seen already, customers, a
            state. Make one here, or let a “Table” step make it with its first row.
          </EmptyState>
        ) : null}
        {items.length > 0 ? (
          <Sheet>
            <ul>
              {items.map((table) => (
                <TableLine key={table.id} table={table} />
              ))}
            </ul>
          </Sheet>
        ) : null}
      </PageBody>
      {adding ? <NewTable onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function TableLine({ table }: { table: DataTable }) {
  return (
    <li>
      <Link to={`/tables/${table.id}`} className={styles.line}>
        <span className={styles.name}>{table.name}</span>
        <span className={styles.figures}>{plural(table.row_count, "row")}</span>
        <span className={styles.columns}>
          {table.columns.map((column) => column.name).join(", ") || "No columns yet"}
        </span>
        <span className={styles.figures}>
          <RelativeTime at={table.updated_at} />
        </span>
      </Link>
    </li>
  );
}

function NewTable({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreateTable();
  return (
    <TableDialog
      title="New table"
      confirmLabel="Make the table"
      busy={create.isPending}
      error={create.error}
      onClose={onClose}
      onSave={({ name, columns, key }) =>
        create.mutate(
          {
            name,
            key,
            columns: columns.map((column) => ({ name: column.name, type: column.type })),
          },
          { onSuccess: (table) => void navigate(`/tables/${table.id}`) },
        )
      }
    />
  );
}
