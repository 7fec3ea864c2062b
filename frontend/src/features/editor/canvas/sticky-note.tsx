import { type NodeProps, NodeResizer } from "@xyflow/react";
import { Trash2 } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { IconButton } from "@/shared/ui/icon-button";
import type { NoteNode } from "../model/flow";
import { snapped } from "../model/geometry";
import { changeNote, LEAST_NOTE, NOTE_COLORS } from "../model/notes";
import { usePanels } from "../panels";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import { remove } from "./commands";
import { NoteText } from "./note-text";
import styles from "./sticky-note.module.css";

/** A note on the canvas: plain words or a little Markdown, on paper of one of four colours. */
export const StickyNote = memo(function StickyNote({ id, data, selected }: NodeProps<NoteNode>) {
  const { note } = data;
  const { editing } = useSession();
  const edit = useEditor((state) => state.edit);
  const writing = usePanels((state) => state.writing === id);
  const write = usePanels((state) => state.write);
  const color = NOTE_COLORS.find((name) => name === note.color) ?? "yellow";
  return (
    <>
      {editing ? (
        <NodeResizer
          isVisible={selected}
          minWidth={LEAST_NOTE.width}
          minHeight={LEAST_NOTE.height}
          lineClassName={styles.line ?? ""}
          handleClassName={styles.grip ?? ""}
          onResizeEnd={(_, { x, y, width, height }) =>
            edit(
              changeNote(id, {
                position: snapped({ x, y }),
                size: { width: Math.round(width), height: Math.round(height) },
              }),
            )
          }
        />
      ) : null}
      {editing && selected ? <NoteTools id={id} color={color} /> : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the note takes the focus, and Enter begins writing */}
      <div
        className={styles.note}
        data-color={color}
        data-selected={selected}
        onDoubleClick={() => editing && write(id)}
      >
        {writing && editing ? (
          <Writing id={id} />
        ) : (
          <NoteText text={note.text} placeholder={editing ? "Double-click to write" : ""} />
        )}
      </div>
    </>
  );
});

function Writing({ id }: { id: string }) {
  // From the store itself: what React Flow was given comes a moment later, too late for the next key.
  const text = useEditor(({ graph }) => graph.notes.find((note) => note.id === id)?.text ?? "");
  const edit = useEditor((state) => state.edit);
  const write = usePanels((state) => state.write);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // Once React Flow has let go of the pointer.
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
    });
  }, []);
  return (
    <textarea
      ref={area}
      className={`${styles.area} nodrag nopan nowheel`}
      aria-label="Text of the note"
      value={text}
      onChange={(event) =>
        edit(changeNote(id, { text: event.target.value }), { key: `${id}.text` })
      }
      onBlur={() => write(null)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        write(null);
      }}
    />
  );
}

function NoteTools({ id, color }: { id: string; color: string }) {
  const edit = useEditor((state) => state.edit);
  return (
    <div className={`${styles.tools} nodrag nopan`} role="toolbar" aria-label="Tools of the note">
      {NOTE_COLORS.map((name) => (
        <button
          key={name}
          type="button"
          className={styles.color}
          data-color={name}
          aria-label={`Make it ${name}`}
          aria-pressed={name === color}
          onClick={() => edit(changeNote(id, { color: name }))}
        />
      ))}
      <IconButton
        size="small"
        tooltipSide="top"
        label="Delete"
        shortcut="Del"
        icon={<Trash2 aria-hidden />}
        onClick={() => remove(new Set([id]))}
      />
    </div>
  );
}
