import { useMemo } from "react";
import type { Item } from "@/shared/api/types";
import { FileChip } from "./file-chip";
import styles from "./file-list.module.css";
import { filesOf } from "./kind";

/** The files of items, each with the number of its item and what the item calls it. */
export function FileList({ items }: { items: readonly Item[] }) {
  const files = useMemo(() => filesOf(items), [items]);
  if (files.length === 0) return null;
  return (
    <section className={styles.files} aria-label="Files">
      <h4>Files</h4>
      <ul>
        {files.map(({ item, as, file }) => (
          <li key={`${item}/${as}`}>
            <span className={styles.place}>
              {item + 1} · {as}
            </span>
            <FileChip file={file} />
          </li>
        ))}
      </ul>
    </section>
  );
}
