import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type NodeItemsAddress, nodeItemsQuery } from "@/shared/api/runs";
import { FileList } from "@/shared/files/file-list";
import { count } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { DataTable } from "@/shared/ui/data-table";
import { EmptyState } from "@/shared/ui/empty-state";
import { JsonView } from "@/shared/ui/json-view";
import { Problem } from "@/shared/ui/problem";
import { Segmented } from "@/shared/ui/segmented";
import { SkeletonRows } from "@/shared/ui/skeleton";
import styles from "./node-items.module.css";

export type ItemsView = "table" | "json";

/** The switch between the two, remembered by the caller. */
export function ItemsViewSwitch({
  value,
  onChange,
}: {
  value: ItemsView;
  onChange: (view: ItemsView) => void;
}) {
  return (
    <Segmented
      label="Show items as"
      value={value}
      onChange={onChange}
      options={[
        { value: "table", label: "Table" },
        { value: "json", label: "JSON" },
      ]}
    />
  );
}

export function useItemsView() {
  return useState<ItemsView>("table");
}

interface NodeItemsProps {
  address: NodeItemsAddress;
  view: ItemsView;
  /** Said when there are none. */
  empty?: string;
  selected?: number | undefined;
  onSelect?: ((index: number) => void) | undefined;
}

/** What a node took in or gave out in a run, page by page from the server. */
export function NodeItems({
  address,
  view,
  empty = "No items.",
  selected,
  onSelect,
}: NodeItemsProps) {
  const query = useInfiniteQuery(nodeItemsQuery(address));
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);

  if (query.isPending) return <SkeletonRows rows={3} height={32} />;
  if (query.isError) return <Problem error={query.error} onRetry={() => query.refetch()} />;
  if (items.length === 0) return <EmptyState size="small" title={empty} />;
  return (
    <div className={styles.items}>
      {view === "table" ? (
        <DataTable
          items={items}
          selected={selected}
          onSelect={onSelect}
          label={address.side === "input" ? "Input items" : "Output items"}
        />
      ) : (
        <div className={styles.json}>
          <JsonView value={items.map((item) => item.json)} open={items.length > 20 ? 1 : 3} />
          <FileList items={items} />
        </div>
      )}
      {query.hasNextPage ? (
        <div className={styles.more}>
          <Button
            size="small"
            busy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Load more
          </Button>
          <span>{count(items.length)} shown</span>
        </div>
      ) : null}
    </div>
  );
}
