import { useQuery } from "@tanstack/react-query";
import { FileQuestion } from "lucide-react";
import { fileAddress, filePreviewQuery } from "@/shared/api/artifacts";
import type { FilePreview, ItemFile } from "@/shared/api/types";
import { EmptyState } from "@/shared/ui/empty-state";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import styles from "./file-preview.module.css";

/** A look at a file: a picture, a sound to play, its first rows, its first lines; else why there is none. */
export function FilePreviewView({ file }: { file: ItemFile }) {
  const query = useQuery(filePreviewQuery(file.id));
  if (query.isPending) return <SkeletonRows rows={4} height={28} />;
  if (query.isError) return <Problem error={query.error} />;
  const { data } = query;
  return (
    <>
      <Shown preview={data} />
      {data.truncated ? (
        <p className={styles.more}>Only the begin is shown; download it for the rest.</p>
      ) : null}
    </>
  );
}

function Shown({ preview }: { preview: FilePreview }) {
  switch (preview.kind) {
    case "image":
      return <img className={styles.picture} src={fileAddress(preview.id)} alt={preview.name} />;
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: what is said in it is not known
        <audio className={styles.sound} controls src={fileAddress(preview.id)} />
      );
    case "table":
      return <Rows preview={preview} />;
    case "text":
      return preview.text.trim() ? (
        <pre className={styles.text}>{preview.text}</pre>
      ) : (
        <EmptyState size="small" icon={<FileQuestion aria-hidden />} title="There is no text in it">
          Pages that were scanned are pictures: their text has to be recognised first.
        </EmptyState>
      );
    case "none":
      return (
        <EmptyState size="small" icon={<FileQuestion aria-hidden />} title="No preview">
          {preview.note} Download it to look at it.
        </EmptyState>
      );
  }
}

function Rows({ preview }: { preview: FilePreview }) {
  if (preview.columns.length === 0) return <EmptyState size="small" title="No rows." />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.around} aria-label="First rows" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {preview.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row's place is its identity
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={preview.columns[column]} title={cell.length > 36 ? cell : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
