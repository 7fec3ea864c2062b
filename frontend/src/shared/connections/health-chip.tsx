import { CircleCheck, CircleHelp, Unplug } from "lucide-react";
import type { Connection } from "@/shared/api/types";
import { Chip } from "@/shared/ui/chip";

export function HealthChip({ health }: { health: Connection["health"] }) {
  switch (health) {
    case "healthy":
      return (
        <Chip tone="success" icon={<CircleCheck aria-hidden />}>
          Works
        </Chip>
      );
    case "broken":
      return (
        <Chip tone="danger" icon={<Unplug aria-hidden />}>
          Refused
        </Chip>
      );
    case "unknown":
      return <Chip icon={<CircleHelp aria-hidden />}>Not checked</Chip>;
  }
}
