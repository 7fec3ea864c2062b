import { useEffect } from "react";
import type { Workflow } from "@/shared/api/types";
import { readGraph } from "../model/graph";
import { useEditor } from "../store";
import type { DraftSaver } from "./draft-saver";

/** Takes over what was saved elsewhere while nothing is edited here; otherwise the next save finds the conflict. */
export function useFollowDraft(saver: DraftSaver, workflow: Workflow): void {
  useEffect(() => {
    if (workflow.revision <= saver.revision || !saver.isClean) return;
    saver.follow(workflow.revision);
    const { load, types } = useEditor.getState();
    load(readGraph(workflow.graph), types);
  }, [saver, workflow]);
}
