import { connectRefusal, fittingWire } from "../model/connect";
import { nodeById } from "../model/graph";
import { inputPorts } from "../model/node-type";
import { usePanels } from "../panels";
import { useEditor } from "../store";

/** While a wire is drawn: whether it could end at this node. */
export function useWireFit(nodeId: string): "fits" | "unfit" | undefined {
  const wiring = usePanels((state) => state.wiring);
  if (wiring === null || wiring.nodeId === nodeId) return undefined;
  const { graph, types } = useEditor.getState();
  if (wiring.type === "target") {
    return fittingWire(graph, types, nodeId, wiring.nodeId) === null ? "unfit" : "fits";
  }
  const node = nodeById(graph, nodeId);
  const inputs = inputPorts(types.get(node?.type ?? ""), nodeId, graph);
  const fits = inputs.some((input) => {
    const wire = { source: wiring.nodeId, port: wiring.handleId, target: nodeId, input };
    return connectRefusal(graph, types, wire) === null;
  });
  return fits ? "fits" : "unfit";
}
