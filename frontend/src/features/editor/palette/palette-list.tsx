import { type DragEvent, useEffect, useRef } from "react";
import { Tile } from "../canvas/tile";
import type { NodeType } from "../model/node-type";
import type { TypeGroup } from "../model/search";
import { DRAGGED_TYPE } from "./dragged-type";
import styles from "./palette.module.css";

interface PaletteListProps {
  groups: TypeGroup[];
  active: NodeType | undefined;
  titled: boolean;
  onChoose: (type: NodeType) => void;
}

export function PaletteList({ groups, active, titled, onChoose }: PaletteListProps) {
  const none = groups.every((group) => group.types.length === 0);
  return (
    <div id="palette-options" className={styles.list} role="listbox" aria-label="Nodes">
      {none ? (
        <p className={styles.none}>
          No node is called that. Try what it should do: “wait”, “split”, “call”.
        </p>
      ) : null}
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand inside a listbox
        <div key={group.name} role="group" aria-label={group.title}>
          {titled ? <p className={styles.group}>{group.title}</p> : null}
          {group.types.map((type) => (
            <Option key={type.type} type={type} active={type === active} onChoose={onChoose} />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  type: NodeType;
  active: boolean;
  onChoose: (type: NodeType) => void;
}

function Option({ type, active, onChoose }: OptionProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) element.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const onDragStart = (event: DragEvent) => {
    event.dataTransfer.setData(DRAGGED_TYPE, type.type);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the focus stays in the search box, whose arrows and Enter choose
    <div
      ref={element}
      id={`palette-${type.type}`}
      className={styles.option}
      role="option"
      aria-selected={active}
      aria-label={type.title}
      draggable
      onDragStart={onDragStart}
      onClick={() => onChoose(type)}
    >
      <Tile type={type} title={type.title} />
      <div className={styles.words}>
        <b>{type.title}</b>
        <p>{type.description}</p>
      </div>
    </div>
  );
}
