import { useCallback, useEffect } from "react";
import { useSearchParams } from "react-router";
import { selectedNodeId, useEditor } from "./store";

/** Where in the editor one is, as the address says it: the shown run and the selected node. */
export function usePlace() {
  const [params, setParams] = useSearchParams();
  const runId = params.get("run");

  const put = useCallback(
    (name: string, value: string | null) =>
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          if (value === null) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  const showRun = useCallback((run: string | null) => put("run", run), [put]);

  useEffect(() => {
    const asked = new URLSearchParams(window.location.search).get("node");
    const { graph, select } = useEditor.getState();
    if (asked !== null && graph.nodes.some((node) => node.id === asked)) select([asked]);
  }, []);

  useEffect(
    () =>
      useEditor.subscribe((state, before) => {
        const now = selectedNodeId(state.graph, state.selection);
        if (now !== selectedNodeId(before.graph, before.selection)) put("node", now);
      }),
    [put],
  );
  return { runId, showRun };
}
