import { NodeMark } from "@/shared/ui/node-mark";
import type { NodeType } from "../model/node-type";

interface TileProps {
  type: NodeType | undefined;
  title: string;
  size?: "default" | "small";
}

/** The mark of a node; its first letter where the type isn't known. */
export function Tile({ type, title, size = "default" }: TileProps) {
  return (
    <NodeMark
      icon={type?.icon ?? ""}
      group={type?.group ?? "data"}
      color={type?.color}
      title={title}
      size={size}
    />
  );
}
