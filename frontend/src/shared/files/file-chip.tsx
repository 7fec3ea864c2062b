import { type MouseEvent, useState } from "react";
import type { ItemFile } from "@/shared/api/types";
import { bytes } from "@/shared/lib/format";
import styles from "./file-chip.module.css";
import { FileDialog } from "./file-dialog";
import { FileIcon } from "./file-icon";
import { shortName } from "./kind";

/** A file by its name and size; opens a look at it. */
export function FileChip({ file }: { file: ItemFile }) {
  const [open, setOpen] = useState(false);
  // The row around it is chosen by a click of its own.
  const stop = (event: MouseEvent) => event.stopPropagation();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing happens here but for the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: nothing happens here but for the row
    <span className={styles.around} onClick={stop}>
      <button
        type="button"
        className={styles.chip}
        title={`${file.name}: look at it`}
        onClick={() => setOpen(true)}
      >
        <FileIcon file={file} />
        <span className={styles.name}>{shortName(file.name)}</span>
        <span className={styles.size}>{bytes(file.size)}</span>
      </button>
      {open ? <FileDialog file={file} onClose={() => setOpen(false)} /> : null}
    </span>
  );
}
