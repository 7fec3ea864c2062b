import { Ban, Copy, RotateCcw, Workflow } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useMay } from "@/shared/api/roles";
import type { Run } from "@/shared/api/types";
import { exactTime } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { IconButton } from "@/shared/ui/icon-button";
import { Menu, MenuItem } from "@/shared/ui/menu";
import { StatusChip, shownStatus } from "@/shared/ui/status";
import { toast } from "@/shared/ui/toast";
import { isActive, runFigures, startedBy, versionName } from "./describe-run";
import styles from "./run-header.module.css";
import { useCancel, useRetry } from "./use-run-actions";

export function RunHeader({ run, now }: { run: Run; now: number }) {
  const mayRun = useMay("runner");
  const navigate = useNavigate();
  return (
    <header className={styles.header}>
      <div className={styles.line}>
        <h2 className={styles.title}>{run.workflow_name}</h2>
        <StatusChip status={shownStatus(run)} />
        <span className={styles.gap} />
        <div className={styles.actions}>
          <Button
            icon={<Workflow aria-hidden />}
            onClick={() => void navigate(`/workflows/${run.workflow_id}?run=${run.id}`)}
          >
            Show on canvas
          </Button>
          {mayRun ? <RetryMenu run={run} /> : null}
          {mayRun && isActive(run) ? <CancelButton run={run} /> : null}
        </div>
      </div>
      <p className={styles.facts}>
        <span className={styles.id}>
          Run <code>{run.id}</code>
          <IconButton
            size="small"
            label="Copy the run's id"
            icon={<Copy aria-hidden />}
            onClick={() => {
              void navigator.clipboard.writeText(run.id);
              toast({ title: "Id copied" });
            }}
          />
        </span>
        <span>{versionName(run)}</span>
        <span title={exactTime(run.created_at)}>
          Started by {startedBy(run)}, {exactTime(run.created_at)}
        </span>
        <span>{runFigures(run, now)}</span>
        {run.parent ? <Link to={`/runs/${run.parent.run_id}`}>Called by another run</Link> : null}
        {run.retry_of ? <Link to={`/runs/${run.retry_of}`}>Retry of an earlier run</Link> : null}
      </p>
    </header>
  );
}

function RetryMenu({ run }: { run: Run }) {
  const retry = useRetry(run.id);
  return (
    <Menu
      trigger={
        <Button icon={<RotateCcw aria-hidden />} busy={retry.isPending}>
          Retry…
        </Button>
      }
    >
      <MenuItem onSelect={() => retry.mutate({ version: "same" })}>
        From the start, as it was ({versionName(run).toLowerCase()})
      </MenuItem>
      <MenuItem onSelect={() => retry.mutate({ version: "live" })}>
        From the start, on the live version
      </MenuItem>
      <MenuItem onSelect={() => retry.mutate({ version: "draft" })}>
        From the start, on the draft
      </MenuItem>
    </Menu>
  );
}

function CancelButton({ run }: { run: Run }) {
  const [asking, setAsking] = useState(false);
  const cancel = useCancel(run.id);
  return (
    <>
      <Button variant="danger" icon={<Ban aria-hidden />} onClick={() => setAsking(true)}>
        Cancel run
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        danger
        title="Cancel this run?"
        description="Nodes that are under way are stopped; what they already did outside stays done."
        confirmLabel="Cancel the run"
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate(undefined, { onSuccess: () => setAsking(false) })}
      />
    </>
  );
}
