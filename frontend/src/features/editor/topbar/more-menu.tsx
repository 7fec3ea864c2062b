import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, Ellipsis, History, PowerOff, Rocket, Settings2 } from "lucide-react";
import { useState } from "react";
import { unpublishWorkflow, workflowQuery } from "@/shared/api/workflows";
import { downloadJson, fileNameOf } from "@/shared/lib/json-file";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { IconButton } from "@/shared/ui/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/shared/ui/menu";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import { PublishWithNote } from "./publish-with-note";
import type { usePublish } from "./use-publish";
import { VersionsDialog } from "./versions-dialog";
import { WorkflowSettings } from "./workflow-settings";

type Opened = "note" | "unpublish" | "versions" | "settings" | null;

export function MoreMenu({ publish }: { publish: ReturnType<typeof usePublish> }) {
  const { workflowId, editing } = useSession();
  const { data } = useQuery(workflowQuery(workflowId));
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  const exportIt = () => {
    const name = data?.name ?? "Workflow";
    downloadJson(`${fileNameOf(name)}.json`, { name, graph: useEditor.getState().graph });
  };
  return (
    <>
      <Menu trigger={<IconButton label="More" icon={<Ellipsis aria-hidden />} />}>
        {editing ? (
          <>
            <MenuItem icon={<Rocket aria-hidden />} onSelect={() => setOpened("note")}>
              Publish with a note…
            </MenuItem>
            <MenuItem
              icon={<PowerOff aria-hidden />}
              disabled={!data?.published_version}
              onSelect={() => setOpened("unpublish")}
            >
              Unpublish…
            </MenuItem>
            <MenuSeparator />
          </>
        ) : null}
        <MenuItem icon={<History aria-hidden />} onSelect={() => setOpened("versions")}>
          Versions…
        </MenuItem>
        <MenuItem icon={<Settings2 aria-hidden />} onSelect={() => setOpened("settings")}>
          Workflow settings…
        </MenuItem>
        <MenuItem icon={<Download aria-hidden />} onSelect={exportIt}>
          Export
        </MenuItem>
      </Menu>
      {opened === "note" ? <PublishWithNote publish={publish} onClose={close} /> : null}
      {opened === "unpublish" ? <Unpublish onClose={close} /> : null}
      {opened === "versions" ? <VersionsDialog onClose={close} /> : null}
      {opened === "settings" ? <WorkflowSettings onClose={close} /> : null}
    </>
  );
}

function Unpublish({ onClose }: { onClose: () => void }) {
  const { workflowId } = useSession();
  const client = useQueryClient();
  const unpublish = useMutation({
    mutationFn: () => unpublishWorkflow(workflowId),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: workflowQuery(workflowId).queryKey });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Unpublish this workflow?"
      description="Its triggers stop at once. The draft, the versions and all runs stay."
      confirmLabel="Unpublish"
      danger
      busy={unpublish.isPending}
      error={unpublish.error}
      onConfirm={() => unpublish.mutate()}
    />
  );
}
