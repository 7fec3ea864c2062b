import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";

/** Where a file is fetched from; it always comes as a download, and pictures and sounds may be shown from there. */
export function fileAddress(id: string): string {
  return `/api/v1/artifacts/${encodeURIComponent(id)}`;
}

/** What can be shown of a file. It never changes: a file is what it is. */
export function filePreviewQuery(id: string) {
  return queryOptions({
    queryKey: ["file-preview", id],
    queryFn: () =>
      answer(
        api.GET("/api/v1/artifacts/{artifact_id}/preview", {
          params: { path: { artifact_id: id } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
