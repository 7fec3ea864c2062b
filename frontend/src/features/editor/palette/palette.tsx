import { useQuery } from "@tanstack/react-query";
import { useReactFlow } from "@xyflow/react";
import { ArrowLeft, Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import { capitalized } from "@/shared/lib/capitalized";
import { IconButton } from "@/shared/ui/icon-button";
import { Input } from "@/shared/ui/input";
import { useReveal } from "../canvas/use-reveal";
import { isTrigger, type NodeType } from "../model/node-type";
import { type PaletteTarget, usePanels } from "../panels";
import { useEditor } from "../store";
import { addFromPalette } from "./add-node";
import styles from "./palette.module.css";
import { PaletteList } from "./palette-list";
import { type ConnectorLook, type PaletteRow, paletteSections } from "./palette-rows";

/** The panel that finds and adds nodes: type, arrows and Enter; click; or drag to the canvas. */
export function Palette() {
  const target = usePanels((state) => state.palette);
  return target === null ? null : <OpenPalette key={JSON.stringify(target)} target={target} />;
}

function OpenPalette({ target }: { target: PaletteTarget }) {
  const close = usePanels((state) => state.closePalette);
  const [typed, setTyped] = useState("");
  const [inside, setInside] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const { sections, lookOf } = useSections(target, typed, inside);
  const rows = sections.flatMap((section) => section.rows);
  const add = useAdd(target);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => search.current?.focus(), []);

  const look = (connector: string | null) => {
    setInside(connector);
    setTyped("");
    setActive(0);
    search.current?.focus();
  };
  const choose = (row: PaletteRow) => (row.kind === "type" ? add(row.type) : look(row.group.name));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = rows[active];
    const leaves = event.key === "Escape" || (event.key === "Backspace" && typed === "");
    if (step !== undefined) setActive((active + step + rows.length) % Math.max(1, rows.length));
    else if (leaves && inside !== null) look(null);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen !== undefined) choose(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section className={styles.palette} aria-label="Nodes">
      <header className={styles.head}>
        {inside === null ? null : (
          <IconButton
            label="All nodes"
            shortcut="Backspace"
            icon={<ArrowLeft aria-hidden />}
            onClick={() => look(null)}
          />
        )}
        <Input
          ref={search}
          lead={<Search aria-hidden />}
          placeholder={inside === null ? "Search nodes" : `Search in ${lookOf(inside).title}`}
          aria-label="Search nodes"
          role="combobox"
          aria-expanded
          aria-controls="palette-options"
          aria-activedescendant={
            rows[active] === undefined ? undefined : `palette-${rows[active].id}`
          }
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <IconButton label="Close" shortcut="Esc" icon={<X aria-hidden />} onClick={close} />
      </header>
      <PaletteList
        sections={sections}
        active={rows[active]?.id}
        // Where everything is of one connector, it needs no naming.
        titleOf={inside === null ? (connector) => lookOf(connector).title : null}
        onChoose={choose}
      />
    </section>
  );
}

function useSections(target: PaletteTarget, typed: string, inside: string | null) {
  const types = useEditor((state) => state.types);
  const connectors = useQuery(connectorsQuery);
  return useMemo(() => {
    const looks = new Map(connectors.data?.items.map((one) => [one.name, one]));
    const lookOf = (name: string): ConnectorLook =>
      looks.get(name) ?? { title: capitalized(name), icon: "", color: "" };
    const fitting = [...types.values()].filter(
      (type) => target.kind === "anywhere" || !isTrigger(type),
    );
    return { sections: paletteSections({ types: fitting, typed, inside, lookOf }), lookOf };
  }, [types, target, typed, inside, connectors.data]);
}

function useAdd(target: PaletteTarget): (type: NodeType) => void {
  const close = usePanels((state) => state.closePalette);
  const reveal = useReveal();
  const { screenToFlowPosition } = useReactFlow();
  return (type) => {
    const point = { x: window.innerWidth * 0.4, y: window.innerHeight * 0.4 };
    const id = addFromPalette(type, target, screenToFlowPosition(point));
    close();
    reveal(id);
    // Once it is drawn, the keys go to the new node.
    requestAnimationFrame(() => {
      const selector = `.react-flow__node[data-id="${id}"]`;
      document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
    });
  };
}
