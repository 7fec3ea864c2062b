import { useReactFlow } from "@xyflow/react";
import { Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "@/shared/ui/icon-button";
import { Input } from "@/shared/ui/input";
import { useReveal } from "../canvas/use-reveal";
import { isTrigger, type NodeType } from "../model/node-type";
import { groupTypes, searchTypes } from "../model/search";
import { type PaletteTarget, usePanels } from "../panels";
import { useEditor } from "../store";
import { addFromPalette } from "./add-node";
import styles from "./palette.module.css";
import { PaletteList } from "./palette-list";

/** The panel that finds and adds nodes: type, arrows and Enter; click; or drag to the canvas. */
export function Palette() {
  const target = usePanels((state) => state.palette);
  return target === null ? null : <OpenPalette key={JSON.stringify(target)} target={target} />;
}

function OpenPalette({ target }: { target: PaletteTarget }) {
  const close = usePanels((state) => state.closePalette);
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const groups = useFoundGroups(target, typed);
  const shown = groups.flatMap((group) => group.types);
  const add = useAdd(target);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => search.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((active + step + shown.length) % Math.max(1, shown.length));
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && shown[active] !== undefined) add(shown[active]);
    else return;
    event.preventDefault();
  };

  return (
    <section className={styles.palette} aria-label="Nodes">
      <header className={styles.head}>
        <Input
          ref={search}
          lead={<Search aria-hidden />}
          placeholder="Search nodes"
          aria-label="Search nodes"
          role="combobox"
          aria-expanded
          aria-controls="palette-options"
          aria-activedescendant={
            shown[active] === undefined ? undefined : `palette-${shown[active].type}`
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
      <PaletteList groups={groups} active={shown[active]} titled={typed === ""} onChoose={add} />
    </section>
  );
}

function useFoundGroups(target: PaletteTarget, typed: string) {
  const types = useEditor((state) => state.types);
  return useMemo(() => {
    const fitting = [...types.values()].filter(
      (type) => target.kind === "anywhere" || !isTrigger(type),
    );
    const found = searchTypes(fitting, typed);
    return typed === "" ? groupTypes(found) : [{ name: "found", title: "", types: found }];
  }, [types, target, typed]);
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
