import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { connectionsQuery } from "@/shared/api/connections";
import type { Connection, Rebound } from "@/shared/api/types";
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { Field } from "@/shared/ui/field";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toast } from "@/shared/ui/toast";
import styles from "./replace-dialog.module.css";
import { useRebind } from "./use-connections";
import { useUses } from "./used-by";

/** Another connection in the place of this one, in as many workflows as are ticked. */
export function ReplaceDialog({
  connection,
  onClose,
}: {
  connection: Connection;
  onClose: () => void;
}) {
  const connections = useQuery(connectionsQuery);
  const uses = useUses(connection.id);
  const rebind = useRebind(connection.id);
  const [to, setTo] = useState<string>();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const others = (connections.data?.items ?? []).filter(
    (other) => other.connector === connection.connector && other.id !== connection.id,
  );
  const used = uses.data?.items ?? [];
  const chosen = used.filter((use) => !left.has(use.workflow_id));
  const toggle = (id: string, ticked: boolean) =>
    setLeft(ticked ? new Set([...left].filter((other) => other !== id)) : new Set([...left, id]));
  const replace = () => {
    if (to === undefined) return;
    const workflowIds = chosen.map((use) => use.workflow_id);
    rebind.mutate(
      { to, workflowIds },
      {
        onSuccess: ({ workflows }) => {
          if (workflows.some((workflow) => workflow.needs_publish)) return;
          toast({ title: `Replaced in ${plural(workflows.length, "workflow")}` });
          onClose();
        },
      },
    );
  };
  if (rebind.isSuccess) return <ToPublish rebound={rebind.data} onClose={onClose} />;
  const possible = others.length > 0 && used.length > 0;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Replace “${connection.name}”`}
      description="Another connection takes its place in the drafts. What is live goes over to it when it is published."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={rebind.isPending}
            disabled={to === undefined || chosen.length === 0}
            onClick={replace}
          >
            {chosen.length > 0 ? `Replace in ${plural(chosen.length, "workflow")}` : "Replace"}
          </Button>
        </>
      }
    >
      {uses.isPending ? <SkeletonRows rows={2} height={32} /> : null}
      {uses.isError ? <Problem error={uses.error} onRetry={() => void uses.refetch()} /> : null}
      {uses.isSuccess && used.length === 0 ? (
        <EmptyState size="small" title="No workflow uses it">
          There is nothing to replace it in.
        </EmptyState>
      ) : null}
      {used.length > 0 && others.length === 0 ? (
        <EmptyState size="small" title="There is nothing to replace it with">
          Connect another account of the same kind first.
        </EmptyState>
      ) : null}
      {possible ? (
        <>
          <Field label="With" required>
            <Select
              value={to}
              onChange={setTo}
              placeholder="Choose a connection…"
              options={others.map(({ id, name, account, health }) => ({
                value: id,
                label: name,
                hint: health === "broken" ? "Refused" : account?.name,
              }))}
            />
          </Field>
          <fieldset className={styles.workflows}>
            <legend>In these workflows</legend>
            {used.map((use) => (
              <Checkbox
                key={use.workflow_id}
                label={use.published ? `${use.name} (live)` : use.name}
                checked={!left.has(use.workflow_id)}
                onChange={(ticked) => toggle(use.workflow_id, ticked)}
              />
            ))}
          </fieldset>
        </>
      ) : null}
      {rebind.isError ? <Problem error={rebind.error} /> : null}
    </Dialog>
  );
}

/** What is live still has the old one: only a person says when that changes. */
function ToPublish({ rebound, onClose }: { rebound: Rebound; onClose: () => void }) {
  const waiting = rebound.workflows.filter((workflow) => workflow.needs_publish);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Replaced in the drafts"
      description="These are live with the former connection until they are published:"
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <ul>
        {waiting.map((workflow) => (
          <li key={workflow.workflow_id}>
            <Link to={`/workflows/${workflow.workflow_id}`}>{workflow.name}</Link>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
