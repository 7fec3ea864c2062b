import { ChevronRight } from "lucide-react";
import { type DragEvent, type ReactNode, useEffect, useRef } from "react";
import { plural } from "@/shared/lib/format";
import { NodeMark } from "@/shared/ui/node-mark";
import { Tile } from "../canvas/tile";
import type { NodeType } from "../model/node-type";
import { isOfConnector, type TypeGroup } from "../model/search";
import { DRAGGED_TYPE } from "./dragged-type";
import styles from "./palette.module.css";
import type { ConnectorLook, PaletteRow, PaletteSection } from "./palette-rows";

interface PaletteListProps {
  sections: PaletteSection[];
  /** The id of the row that Enter would choose. */
  active: string | undefined;
  /** What a connector is called beside what it brings; `null` leaves it out. */
  titleOf: ((connector: string) => string) | null;
  onChoose: (row: PaletteRow) => void;
}

export function PaletteList({ sections, active, titleOf, onChoose }: PaletteListProps) {
  const none = sections.every((section) => section.rows.length === 0);
  const draw = (row: PaletteRow) => {
    const shared = { id: row.id, active: row.id === active, onChoose: () => onChoose(row) };
    return row.kind === "connector" ? (
      <ConnectorOption key={row.id} {...shared} group={row.group} look={row.look} />
    ) : (
      <TypeOption
        key={row.id}
        {...shared}
        type={row.type}
        of={titleOf && isOfConnector(row.type.group) ? titleOf(row.type.group) : null}
      />
    );
  };
  return (
    <div id="palette-options" className={styles.list} role="listbox" aria-label="Nodes">
      {none ? (
        <p className={styles.none}>
          No node is called that. Try what it should do: “wait”, “split”, “call”.
        </p>
      ) : null}
      {sections.map((section) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand inside a listbox
        <div key={section.title} role="group" aria-label={section.title || "Found"}>
          {section.title === "" ? null : <p className={styles.group}>{section.title}</p>}
          {section.rows.map(draw)}
        </div>
      ))}
    </div>
  );
}

interface ShownRow {
  id: string;
  active: boolean;
  onChoose: () => void;
}

function TypeOption({ type, of, ...row }: ShownRow & { type: NodeType; of: string | null }) {
  return (
    <Option {...row} name={type.title} more={of} drags={type.type}>
      <Tile type={type} title={type.title} />
      <div className={styles.words}>
        <b>
          {type.title}
          {of === null ? null : <span className={styles.of}>{of}</span>}
        </b>
        <p>{type.description}</p>
      </div>
    </Option>
  );
}

function ConnectorOption({
  group,
  look,
  ...row
}: ShownRow & { group: TypeGroup; look: ConnectorLook }) {
  const triggers = group.types.filter((type) => type.trigger).length;
  const actions = group.types.length - triggers;
  const parts = [
    triggers > 0 ? plural(triggers, "trigger") : "",
    actions > 0 ? plural(actions, "action") : "",
  ].filter(Boolean);
  return (
    <Option {...row} name={look.title} more={parts.join(" · ")} drags={null}>
      <NodeMark icon={look.icon} group="data" color={look.color} title={look.title} />
      <div className={styles.words}>
        <b>{look.title}</b>
        <p>{parts.join(" · ")}</p>
      </div>
      <ChevronRight className={styles.into} aria-hidden />
    </Option>
  );
}

interface OptionProps extends ShownRow {
  name: string;
  /** What tells two of a name apart. */
  more: string | null;
  /** The node type that is dragged to the canvas. */
  drags: string | null;
  children: ReactNode;
}

function Option({ id, active, onChoose, name, more, drags, children }: OptionProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) element.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const onDragStart = (event: DragEvent) => {
    if (drags === null) return;
    event.dataTransfer.setData(DRAGGED_TYPE, drags);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the focus stays in the search box, whose arrows and Enter choose
    <div
      ref={element}
      id={`palette-${id}`}
      className={styles.option}
      role="option"
      aria-selected={active}
      aria-label={name}
      aria-description={more ?? undefined}
      draggable={drags !== null}
      onDragStart={onDragStart}
      onClick={onChoose}
    >
      {children}
    </div>
  );
}
