import { RotateCcw } from "lucide-react";
import type { RunError } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Prose } from "@/shared/ui/prose";

import { usePanels } from "../panels";
import { useRetry } from "../run/use-retry";
import { useEditor } from "../store";
import styles from "./node-card.module.css";

/** Hangs under the card of the node that failed: what happened, what to do, and the buttons that do it. */
export function NodeError({ nodeId, error }: { nodeId: string; error: RunError }) {
  const retry = useRetry();
  const select = useEditor((state) => state.select);
  const line = typeof error.line === "number" ? error.line : null;
  const field = typeof error.field === "string" ? error.field : line === null ? null : "source";
  const showField = usePanels((state) => state.showField);
  return (
    <div className={`${styles.error} nodrag`} role="alert">
      <b>
        <Prose text={error.message} />
      </b>
      {error.hint ? (
        <p>
          <Prose text={error.hint} />
        </p>
      ) : null}
      <div className={styles.errorTools}>
        {field ? (
          <Button
            size="small"
            onClick={(event) => {
              event.stopPropagation();
              select([nodeId]);
              showField(field);
            }}
          >
            {line === null ? "Go to field" : `Go to line ${line}`}
          </Button>
        ) : null}
        <Button
          size="small"
          icon={<RotateCcw aria-hidden />}
          busy={retry.isPending}
          onClick={(event) => {
            event.stopPropagation();
            retry.mutate();
          }}
        >
          Retry run
        </Button>
      </div>
    </div>
  );
}
