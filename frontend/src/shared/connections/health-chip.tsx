import { CircleCheck, CircleHelp, Hourglass, Unplug } from "lucide-react";
import type { Connection } from "@/shared/api/types";
import { dueTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";
import { Chip } from "@/shared/ui/chip";

type Shown = Pick<Connection, "health" | "expires_at">;

export function HealthChip({ connection }: { connection: Shown }) {
  const { health, expires_at } = connection;
  const now = useNow(30_000);
  switch (health) {
    case "healthy":
      return (
        <Chip tone="success" icon={<CircleCheck aria-hidden />}>
          Works
        </Chip>
      );
    case "expiring":
      return (
        <Chip tone="warning" icon={<Hourglass aria-hidden />}>
          {expires_at ? `Ends ${dueTime(expires_at, now)}` : "Ends soon"}
        </Chip>
      );
    case "broken":
      return (
        <Chip tone="danger" icon={<Unplug aria-hidden />}>
          Refused
        </Chip>
      );
    case "unknown":
      return <Chip icon={<CircleHelp aria-hidden />}>Not tested</Chip>;
  }
}
