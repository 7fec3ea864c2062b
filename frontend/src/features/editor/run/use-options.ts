import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { askOptions } from "@/shared/api/connections";
import { useDebounced } from "@/shared/lib/use-debounced";
import type { JsonObject } from "../model/graph";
import { stillFitting } from "../model/options";
import { type Listed, remember } from "./option-labels";

interface Asked {
  listed: Listed | null;
  params: JsonObject;
  search: string;
  /** Whether anybody looks. */
  wanted: boolean;
  /** What is chosen: its labels are kept once they are seen. */
  chosen: readonly string[];
}

export type Options = ReturnType<typeof useOptions>;

/** What the service offers for a field, page by page. */
export function useOptions({ listed, params, search, wanted, chosen }: Asked) {
  const typed = useDebounced(search.trim());
  const query = useInfiniteQuery({
    queryKey: ["options", listed, params, typed],
    queryFn: ({ pageParam }) =>
      askOptions(listed?.connectionId ?? "", {
        loader: listed?.loader ?? "",
        params,
        search: typed,
        cursor: pageParam,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled: listed !== null && wanted,
    staleTime: 60_000,
    retry: false,
    // While somebody types; never what belongs to another account or another board.
    placeholderData: (former, query) =>
      sameList(query?.queryKey, [listed, params]) ? former : undefined,
  });
  const settling = typed !== search.trim();
  const found = unique(query.data?.pages.flatMap((page) => page.items) ?? []);
  const items = settling || query.isPlaceholderData ? stillFitting(found, search) : found;
  const seen = items.filter((item) => chosen.includes(item.value));
  useEffect(() => {
    if (listed !== null && seen.length > 0) remember(listed, seen);
  });
  return {
    items,
    error: query.isPlaceholderData ? null : query.error,
    busy: settling || query.isFetching,
    more: () => {
      if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
    },
    refresh: () => void query.refetch(),
  };
}

function sameList(key: readonly unknown[] | undefined, list: readonly unknown[]): boolean {
  return key !== undefined && JSON.stringify(key.slice(1, 3)) === JSON.stringify(list);
}

/** Pages may overlap where something was added in between; the first of a value is the one that counts. */
function unique<T extends { value: string }>(items: readonly T[]): T[] {
  return [...new Map(items.toReversed().map((item) => [item.value, item])).values()].toReversed();
}
