import { useState } from "react";
import { Link } from "react-router";
import { useMay } from "@/shared/api/roles";
import type { Run } from "@/shared/api/types";
import { ended } from "@/shared/lib/ended";
import { waitingNextStep, waitingTitle } from "@/shared/runs/waiting";
import { Banner } from "@/shared/ui/banner";
import { Button } from "@/shared/ui/button";
import { Prose } from "@/shared/ui/prose";
import { StatusIcon } from "@/shared/ui/status";
import { RetryFromNode } from "./retry-from-node";
import { SettleDialog } from "./settle-dialog";
import type { Row } from "./timeline";

interface RunBannersProps {
  run: Run;
  rows: readonly Row[];
  now: number;
}

/** Why the run waits or failed, and what to do about it. */
export function RunBanners({ run, rows, now }: RunBannersProps) {
  const unsettled = rows.filter((row) => row.nodeRun?.waiting?.reason === "outcome");
  if (unsettled.length > 0) {
    return unsettled.map((row) => <SettleBanner key={row.key} run={run} row={row} />);
  }
  if (run.waiting) return <WaitingBanner run={run} waiting={run.waiting} now={now} />;
  if (run.error) return <FailedBanner run={run} error={run.error} rows={rows} />;
  return null;
}

function WaitingBanner({
  run,
  waiting,
  now,
}: {
  run: Run;
  waiting: NonNullable<Run["waiting"]>;
  now: number;
}) {
  const url = waiting.url ?? run.node_runs.find((nodeRun) => nodeRun.waiting?.url)?.waiting?.url;
  return (
    <Banner
      tone="waiting"
      icon={<StatusIcon status="waiting" named={false} />}
      title={`${waitingTitle(waiting, now)}.`}
      actions={waiting.reason === "connection" ? <Link to="/connections">Connections</Link> : null}
    >
      {waitingNextStep(waiting)} {url ? <code>{url}</code> : null}
    </Banner>
  );
}

function FailedBanner({
  run,
  error,
  rows,
}: {
  run: Run;
  error: NonNullable<Run["error"]>;
  rows: readonly Row[];
}) {
  const title = rows.find((row) => row.nodeId === error.node_id)?.title;
  return (
    <Banner
      tone="failed"
      icon={<StatusIcon status="failed" named={false} />}
      title={title ? `${title} failed.` : "The run failed."}
      actions={error.node_id ? <RetryFromNode run={run} nodeId={error.node_id} /> : null}
    >
      <Prose text={`${ended(error.message)} ${error.hint}`} /> <code>{error.code}</code>
    </Banner>
  );
}

function SettleBanner({ run, row }: { run: Run; row: Row }) {
  const mayRun = useMay("runner");
  const [outcome, setOutcome] = useState<"happened" | "did_not_happen" | null>(null);
  return (
    <>
      <Banner
        tone="unknown"
        icon={<StatusIcon status="unknown" named={false} />}
        title={`Did “${row.title}” happen?`}
        actions={
          mayRun ? (
            <>
              <Button size="small" onClick={() => setOutcome("happened")}>
                It happened
              </Button>
              <Button size="small" onClick={() => setOutcome("did_not_happen")}>
                It did not
              </Button>
            </>
          ) : null
        }
      >
        The call left, but no answer came back. {row.nodeRun?.error?.message} Look in the service
        whether it happened, then say so here; it is not repeated before.
      </Banner>
      {outcome ? (
        <SettleDialog run={run} row={row} outcome={outcome} onClose={() => setOutcome(null)} />
      ) : null}
    </>
  );
}
