import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { dropUnsaved, keepUnsaved } from "../model/unsaved";
import { useEditor } from "../store";
import { DraftSaver } from "./draft-saver";
import { saveTo } from "./save-draft";

/** Saves the graph of the store a second after each edit, and when the page is left or hidden. */
export function useAutosave(workflowId: string, revision: number, editing: boolean): DraftSaver {
  const client = useQueryClient();
  const [saver] = useState(
    () => new DraftSaver((graph, on) => saveTo(client, workflowId, graph, on), revision),
  );

  useEffect(() => {
    if (!editing) return;
    const unwatchGraph = useEditor.subscribe((state, before) => {
      // Loading starts a new history: what comes from the server needs no saving.
      if (
        state.graph === before.graph ||
        state.history.past.length + state.history.future.length === 0
      )
        return;
      keepUnsaved(localStorage, workflowId, { revision: saver.revision, graph: state.graph });
      saver.changed(state.graph);
    });
    const unwatchSaver = saver.subscribe(() => {
      if (saver.current().kind === "saved" && saver.isClean) dropUnsaved(localStorage, workflowId);
    });
    return () => {
      unwatchGraph();
      unwatchSaver();
    };
  }, [saver, workflowId, editing]);

  useEffect(() => flushOnLeave(saver), [saver]);
  return saver;
}

function flushOnLeave(saver: DraftSaver): () => void {
  // What can't be saved now is kept in the browser, and the chip says so.
  const flush = () => void saver.flush().catch(() => undefined);
  const whenHidden = () => {
    if (document.visibilityState === "hidden") flush();
  };
  document.addEventListener("visibilitychange", whenHidden);
  window.addEventListener("pagehide", flush);
  window.addEventListener("online", flush);
  return () => {
    document.removeEventListener("visibilitychange", whenHidden);
    window.removeEventListener("pagehide", flush);
    window.removeEventListener("online", flush);
    flush();
  };
}
