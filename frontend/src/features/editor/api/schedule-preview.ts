import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";

interface Schedule {
  cron: string;
  timezone: string;
}

/** The next times of a cron expression, and the same in words. */
export function schedulePreviewQuery(schedule: Schedule) {
  return queryOptions({
    queryKey: ["schedule-preview", schedule],
    queryFn: () => answer(api.GET("/api/v1/schedules/preview", { params: { query: schedule } })),
    retry: false,
  });
}
