import { RotateCcw } from "lucide-react";
import { useMay } from "@/shared/api/roles";
import type { Run } from "@/shared/api/types";
import { Banner } from "@/shared/ui/banner";
import { Button } from "@/shared/ui/button";
import { type FailedItems, failedItems } from "./failed-items";
import type { Row } from "./timeline";
import { useRetry } from "./use-run-actions";

/** For each map of which items failed: a new run that keeps the others and runs only those again. */
export function RetryFailedItems({ run, rows }: { run: Run; rows: readonly Row[] }) {
  return failedItems(run, rows).map((map) => <Offer key={map.nodeId} run={run} map={map} />);
}

function Offer({ run, map }: { run: Run; map: FailedItems }) {
  const mayRun = useMay("runner");
  const retry = useRetry(run.id);
  return (
    <Banner
      tone="info"
      title={
        map.count === null
          ? `“${map.title}” did not get through all its items.`
          : `${map.count} ${map.count === 1 ? "item" : "items"} of “${map.title}” failed.`
      }
      actions={
        mayRun ? (
          <Button
            size="small"
            icon={<RotateCcw aria-hidden />}
            busy={retry.isPending}
            onClick={() => retry.mutate({ failed_items_of: map.nodeId, version: "same" })}
          >
            Retry failed items
          </Button>
        ) : null
      }
    >
      A retry keeps what the others gave and runs only these again, and what comes after.
    </Banner>
  );
}
