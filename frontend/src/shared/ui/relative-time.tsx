import { exactTime, relativeTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";

export function RelativeTime({ at }: { at: string }) {
  const now = useNow(30_000);
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
