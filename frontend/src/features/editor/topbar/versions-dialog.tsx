import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { WorkflowVersion } from "@/shared/api/types";
import { restoreVersion, rollBack, versionsQuery, workflowQuery } from "@/shared/api/workflows";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { Dialog } from "@/shared/ui/dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { Problem } from "@/shared/ui/problem";
import { RelativeTime } from "@/shared/ui/relative-time";
import { toast, toastProblem } from "@/shared/ui/toast";
import { readGraph } from "../model/graph";
import { useSession } from "../run/session";
import { useSaver } from "../saving/saver";
import { useEditor } from "../store";
import styles from "./top-bar.module.css";

/** What was published: each version can come back as the draft, or go live again as it is. */
export function VersionsDialog({ onClose }: { onClose: () => void }) {
  const { workflowId } = useSession();
  const versions = useQuery(versionsQuery(workflowId));
  const items = versions.data?.items ?? [];
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Versions"
    >
      {versions.isError ? <Problem error={versions.error} /> : null}
      {versions.isSuccess && items.length === 0 ? (
        <EmptyState size="small" title="Nothing is published yet">
          Each Publish keeps the draft as a numbered version here.
        </EmptyState>
      ) : null}
      <ul className={styles.versions}>
        {items.map((version) => (
          <VersionRow key={version.version} version={version} onDone={onClose} />
        ))}
      </ul>
    </Dialog>
  );
}

function VersionRow({ version, onDone }: { version: WorkflowVersion; onDone: () => void }) {
  const { editing } = useSession();
  const { restore, goLive } = useVersionActions(version.version, onDone);
  return (
    <li>
      <div>
        <b>Version {version.version}</b> {version.live ? <Chip tone="success">Live</Chip> : null}
        <p className={styles.weak}>
          {version.created_by} · <RelativeTime at={version.created_at} />
          {version.note ? ` · ${version.note}` : ""}
        </p>
      </div>
      {editing ? (
        <span className={styles.row}>
          <Button size="small" busy={restore.isPending} onClick={() => restore.mutate()}>
            Restore to the draft
          </Button>
          {version.live ? null : (
            <Button size="small" busy={goLive.isPending} onClick={() => goLive.mutate()}>
              Make live
            </Button>
          )}
        </span>
      ) : null}
    </li>
  );
}

function useVersionActions(version: number, onDone: () => void) {
  const { workflowId } = useSession();
  const client = useQueryClient();
  const saver = useSaver();
  const { load, types } = useEditor.getState();
  const known = workflowQuery(workflowId).queryKey;
  const restore = useMutation({
    mutationFn: async () => {
      await saver.flush();
      return restoreVersion(workflowId, version);
    },
    onSuccess: (workflow) => {
      client.setQueryData(known, workflow);
      saver.follow(workflow.revision);
      load(readGraph(workflow.graph), types);
      toast({ title: `The draft is version ${version} again` });
      onDone();
    },
    onError: toastProblem,
  });
  const goLive = useMutation({
    mutationFn: () => rollBack(workflowId, version),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: known });
      toast({ title: `Version ${version} is live` });
      onDone();
    },
    onError: toastProblem,
  });
  return { restore, goLive };
}
