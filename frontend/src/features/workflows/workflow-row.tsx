import {
  CircleCheck,
  Copy,
  Download,
  Ellipsis,
  Pencil,
  PenLine,
  Trash2,
  TriangleAlert,
} from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { WorkflowPulse, WorkflowSummary } from "@/shared/api/types";
import { count, plural } from "@/shared/lib/format";
import { Chip } from "@/shared/ui/chip";
import { IconButton } from "@/shared/ui/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/shared/ui/menu";
import { RelativeTime } from "@/shared/ui/relative-time";
import { DeleteWorkflowDialog } from "./delete-workflow-dialog";
import { RenameWorkflowDialog } from "./rename-workflow-dialog";
import { useDuplicate, useExport } from "./use-change";
import styles from "./workflow-row.module.css";

interface WorkflowRowProps {
  workflow: WorkflowSummary;
  pulse?: WorkflowPulse | undefined;
  mayEdit: boolean;
}

export function WorkflowRow({ workflow, pulse, mayEdit }: WorkflowRowProps) {
  return (
    <li className={styles.row}>
      <Link className={styles.link} to={`/workflows/${workflow.id}`}>
        <span className={styles.name}>{workflow.name}</span>
        <span className={styles.when}>
          Changed <RelativeTime at={workflow.updated_at} />
          {pulse ? <Pulse pulse={pulse} /> : null}
        </span>
      </Link>
      <span className={styles.chips}>
        <StateChips workflow={workflow} />
      </span>
      <RowMenu workflow={workflow} mayEdit={mayEdit} />
    </li>
  );
}

/** The runs of the last day. */
function Pulse({ pulse }: { pulse: WorkflowPulse }) {
  const { succeeded, failed, under_way } = pulse;
  const parts = [
    succeeded > 0 ? `${count(succeeded)} succeeded` : "",
    under_way > 0 ? `${count(under_way)} under way` : "",
  ].filter((part) => part !== "");
  return (
    <>
      {" · 24 h: "}
      {parts.join(", ")}
      {failed > 0 ? (
        <span className={styles.failed}>
          {parts.length > 0 ? ", " : ""}
          {count(failed)} failed
        </span>
      ) : null}
    </>
  );
}

function StateChips({ workflow }: { workflow: WorkflowSummary }) {
  const live = workflow.published_version;
  return (
    <>
      {workflow.draft_errors > 0 ? (
        <Chip tone="warning" icon={<TriangleAlert aria-hidden />}>
          {plural(workflow.draft_errors, "problem")}
        </Chip>
      ) : null}
      {live === null || !workflow.draft_published ? (
        <Chip tone="accent" icon={<PenLine aria-hidden />}>
          Draft
        </Chip>
      ) : null}
      {live === null ? null : (
        <Chip tone="outline" icon={<CircleCheck aria-hidden />}>
          Version {live} is live
        </Chip>
      )}
    </>
  );
}

function RowMenu({ workflow, mayEdit }: WorkflowRowProps) {
  const [asking, setAsking] = useState<"rename" | "delete" | null>(null);
  const duplicate = useDuplicate();
  const exportFile = useExport();
  return (
    <>
      <Menu
        trigger={<IconButton label={`More for ${workflow.name}`} icon={<Ellipsis aria-hidden />} />}
      >
        {mayEdit ? (
          <>
            <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setAsking("rename")}>
              Rename
            </MenuItem>
            <MenuItem icon={<Copy aria-hidden />} onSelect={() => duplicate.mutate(workflow.id)}>
              Duplicate
            </MenuItem>
          </>
        ) : null}
        <MenuItem icon={<Download aria-hidden />} onSelect={() => exportFile.mutate(workflow.id)}>
          Export as a file
        </MenuItem>
        {mayEdit ? (
          <>
            <MenuSeparator />
            <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => setAsking("delete")}>
              Delete
            </MenuItem>
          </>
        ) : null}
      </Menu>
      {asking === "rename" ? (
        <RenameWorkflowDialog workflow={workflow} onClose={() => setAsking(null)} />
      ) : null}
      {asking === "delete" ? (
        <DeleteWorkflowDialog workflow={workflow} onClose={() => setAsking(null)} />
      ) : null}
    </>
  );
}
