import { Check, CircleStop, Copy, Play, X } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useMay } from "@/shared/api/roles";
import type { WaitingNode } from "@/shared/api/types";
import { dueTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { IconButton } from "@/shared/ui/icon-button";
import { RelativeTime } from "@/shared/ui/relative-time";
import { toast } from "@/shared/ui/toast";
import { useCancelWaiting, useResume } from "./api";
import { DecideDialog } from "./decide-dialog";
import styles from "./waiting-row.module.css";

export function WaitingRow({ node }: { node: WaitingNode }) {
  const now = useNow(30_000);
  return (
    <li className={styles.row}>
      <div className={styles.text}>
        <p className={styles.name}>
          <Link to={`/runs/${node.shown_in}`}>{node.workflow_name}</Link>
          <span className={styles.node}>{node.node_title}</span>
          {node.path ? <span className={styles.node}>{node.path}</span> : null}
        </p>
        {node.message ? <p className={styles.message}>{node.message}</p> : null}
        <p className={styles.line}>
          {node.text}
          {node.since ? (
            <>
              {" · since "}
              <RelativeTime at={node.since} />
            </>
          ) : null}
          {node.until ? ` · until ${dueTime(node.until, now)}` : ""}
        </p>
      </div>
      <Actions node={node} />
    </li>
  );
}

function Actions({ node }: { node: WaitingNode }) {
  const mayRun = useMay("runner");
  const resume = useResume(node);
  const [asking, setAsking] = useState<"approved" | "rejected" | "cancel" | null>(null);
  const close = () => setAsking(null);
  return (
    <div className={styles.actions}>
      {node.url ? <CopyAddress url={node.url} reason={node.reason} /> : null}
      {node.can_decide ? (
        <>
          <Button
            variant="primary"
            icon={<Check aria-hidden />}
            onClick={() => setAsking("approved")}
          >
            Approve
          </Button>
          <Button icon={<X aria-hidden />} onClick={() => setAsking("rejected")}>
            Reject
          </Button>
        </>
      ) : null}
      {node.reason === "outcome" ? (
        <Link to={`/runs/${node.shown_in}`} className={styles.settle}>
          Settle it
        </Link>
      ) : null}
      {node.can_resume ? (
        <Button icon={<Play aria-hidden />} busy={resume.isPending} onClick={() => resume.mutate()}>
          Resume now
        </Button>
      ) : null}
      {mayRun ? (
        <Button
          variant="quiet"
          icon={<CircleStop aria-hidden />}
          onClick={() => setAsking("cancel")}
        >
          Cancel
        </Button>
      ) : null}
      {asking === "cancel" ? <CancelDialog node={node} onClose={close} /> : null}
      {asking === "approved" || asking === "rejected" ? (
        <DecideDialog node={node} decision={asking} onClose={close} />
      ) : null}
    </div>
  );
}

function CancelDialog({ node, onClose }: { node: WaitingNode; onClose: () => void }) {
  const cancel = useCancelWaiting(node);
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={onClose}
      title={`Cancel this run of “${node.workflow_name}”?`}
      description="The whole run ends here, and what it still had to do is not done."
      confirmLabel="Cancel the run"
      busy={cancel.isPending}
      error={cancel.error}
      onConfirm={() => cancel.mutate(undefined, { onSuccess: onClose })}
    />
  );
}

function CopyAddress({ url, reason }: { url: string; reason: WaitingNode["reason"] }) {
  const label = reason === "approval" ? "Copy the link to approve" : "Copy the address";
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    toast({ title: "Copied" });
  };
  return <IconButton label={label} icon={<Copy aria-hidden />} onClick={() => void copy()} />;
}
