import { RotateCcw } from "lucide-react";
import { useMay } from "@/shared/api/roles";
import type { Run } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { isActive } from "./describe-run";
import { useRetry } from "./use-run-actions";

/** A new run that takes over what came before the node, and goes on with it. */
export function RetryFromNode({ run, nodeId }: { run: Run; nodeId: string }) {
  const mayRun = useMay("runner");
  const retry = useRetry(run.id);
  if (!mayRun || isActive(run)) return null;
  return (
    <Button
      size="small"
      icon={<RotateCcw aria-hidden />}
      busy={retry.isPending}
      onClick={() => retry.mutate({ from_node: nodeId, version: "same" })}
    >
      Retry from here
    </Button>
  );
}
