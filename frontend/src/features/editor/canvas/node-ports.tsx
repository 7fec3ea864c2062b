import { Handle, Position } from "@xyflow/react";
import { isUsed } from "../model/connect";
import { PORT_HEIGHT, portRows, portTop } from "../model/geometry";
import { useEditor } from "../store";
import styles from "./node-ports.module.css";

interface NodePortsProps {
  nodeId: string;
  title: string;
  inputs: string[];
  outputs: string[];
}

/** The eyelets on both sides of a card; named in rows of their own as soon as a side has several. */
export function NodePorts({ nodeId, title, inputs, outputs }: NodePortsProps) {
  const rows = portRows(inputs, outputs);
  return (
    <>
      {rows > 0 ? (
        <div className={styles.rows}>
          <PortNames names={inputs.length > 1 ? inputs : []} />
          <PortNames names={outputs.length > 1 ? outputs : []} />
        </div>
      ) : null}
      {inputs.map((input, index) => (
        <Eyelet
          key={input}
          nodeId={nodeId}
          title={title}
          port={input}
          side="in"
          top={portTop(index, inputs.length)}
        />
      ))}
      {outputs.map((port, index) => (
        <Eyelet
          key={port}
          nodeId={nodeId}
          title={title}
          port={port}
          side="out"
          top={portTop(index, outputs.length)}
        />
      ))}
    </>
  );
}

function PortNames({ names }: { names: string[] }) {
  return (
    <ul>
      {names.map((name) => (
        <li key={name} style={{ height: PORT_HEIGHT }}>
          {name}
        </li>
      ))}
    </ul>
  );
}

interface EyeletProps {
  nodeId: string;
  title: string;
  port: string;
  side: "in" | "out";
  top: number;
}

export function Eyelet({ nodeId, title, port, side, top }: EyeletProps) {
  const used = useEditor((state) => isUsed(state.graph, side, nodeId, port));
  const name = side === "in" ? `input ${port} of ${title}` : `output ${port} of ${title}`;
  return (
    <Handle
      type={side === "in" ? "target" : "source"}
      position={side === "in" ? Position.Left : Position.Right}
      id={port}
      className={styles.eyelet}
      style={{ top }}
      data-used={used}
      data-port={port}
      role="img"
      aria-label={used ? `${name}, connected` : name}
    />
  );
}
