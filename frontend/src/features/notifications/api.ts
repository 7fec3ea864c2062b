import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";
import { NOTIFICATIONS } from "@/shared/api/notifications";

export const notificationsQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: [...NOTIFICATIONS, "list", unread],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/notifications", {
          params: { query: { limit: 50, cursor: pageParam, unread } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export function readOne(notification_id: string) {
  return answer(
    api.POST("/api/v1/notifications/{notification_id}/read", {
      params: { path: { notification_id } },
    }),
  );
}

export function readAll() {
  return answer(api.POST("/api/v1/notifications/read"));
}
