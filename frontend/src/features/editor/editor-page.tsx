import "@xyflow/react/dist/style.css";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { nodeTypesQuery } from "@/shared/api/catalog";
import { workflowQuery } from "@/shared/api/workflows";
import { Problem } from "@/shared/ui/problem";
import { Editor } from "./editor";
import styles from "./editor-page.module.css";

/** /workflows/:id — `?run=ID` shows a run on the canvas, `?node=ID` selects a node. */
export function EditorPage() {
  const { id = "" } = useParams();
  const workflow = useQuery(workflowQuery(id));
  const types = useQuery(nodeTypesQuery);
  if (workflow.isSuccess && types.isSuccess) {
    return <Editor key={id} workflow={workflow.data} types={types.data.items} />;
  }
  const failed = [workflow, types].find((query) => query.isError);
  return (
    <main className={styles.loading} aria-busy={failed === undefined}>
      {failed ? <Problem error={failed.error} onRetry={() => void failed.refetch()} /> : null}
    </main>
  );
}
