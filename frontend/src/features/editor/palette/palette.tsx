import { useReactFlow } from "@xyflow/react";
import { Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "@/shared/ui/icon-button";
import { Input } from "@/shared/ui/input";
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
  const { screenToFlowPosition, getViewport, setCenter, getNode } = useReactFlow();
  return (type) => {
    const middle = screenToFlowPosition({
      x: window.innerWidth * 0.4,
      y: window.innerHeight * 0.4,
    });
    const id = addFromPalette(type, target, middle);
    close();
    // Once it is drawn: the new node has the focus, and comes into view if it is outside.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const element = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`);
        element?.focus({ preventScroll: true });
        const box = element?.getBoundingClientRect();
        const node = getNode(id);
        const canvas = element?.closest(".react-flow")?.getBoundingClientRect();
        if (
          !box ||
          !node ||
          !canvas ||
          (box.left > canvas.left &&
            box.right < canvas.right &&
            box.top > canvas.top &&
            box.bottom < canvas.bottom)
        )
          return;
        void setCenter(node.position.x + 104, node.position.y + 28, {
          zoom: getViewport().zoom,
          duration: 200,
        });
      }),
    );
  };
}
