import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";

/** The start of every key of theirs: one event makes all of them stale. */
export const NOTIFICATIONS = ["notifications"] as const;

export const unreadQuery = queryOptions({
  queryKey: [...NOTIFICATIONS, "unread"],
  queryFn: () => answer(api.GET("/api/v1/notifications/unread")),
});
