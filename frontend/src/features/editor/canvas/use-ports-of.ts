import { useUpdateNodeInternals } from "@xyflow/react";
import { useEffect, useRef } from "react";

/** React Flow measures ports when a card changes its size; a port may also change its name alone. */
export function usePortsOf(id: string, inputs: string[], outputs: string[]): void {
  const update = useUpdateNodeInternals();
  const names = [...inputs, "|", ...outputs].join("/");
  const measured = useRef(names);
  useEffect(() => {
    if (measured.current === names) return;
    measured.current = names;
    update(id);
  }, [update, id, names]);
}
