import { memo } from "react";
import { type Block, readMarkdown, type Span } from "../model/markdown";
import styles from "./sticky-note.module.css";

/** What a note says. Built from elements alone: nothing in the text becomes markup by itself. */
export const NoteText = memo(function NoteText({
  text,
  placeholder,
}: {
  text: string;
  placeholder: string;
}) {
  const blocks = readMarkdown(text);
  return (
    <div className={styles.text}>
      {blocks.length === 0 ? <p className={styles.weak}>{placeholder}</p> : null}
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block is its position
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
});

function BlockView({ block }: { block: Block }) {
  const lines = block.lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its position
    <Line key={index} spans={line} inList={block.kind === "list"} />
  ));
  if (block.kind === "list") return <ul>{lines}</ul>;
  return block.kind === "heading" ? <h4>{lines}</h4> : <p>{lines}</p>;
}

function Line({ spans, inList }: { spans: Span[]; inList: boolean }) {
  const words = spans.map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a span is its position
    <SpanView key={index} span={span} />
  ));
  return inList ? <li>{words}</li> : <span className={styles.row}>{words}</span>;
}

function SpanView({ span }: { span: Span }) {
  switch (span.kind) {
    case "bold":
      return <b>{span.text}</b>;
    case "italic":
      return <em>{span.text}</em>;
    case "code":
      return <code>{span.text}</code>;
    case "link":
      return (
        <a href={span.href} target="_blank" rel="noreferrer" className="nodrag">
          {span.text}
        </a>
      );
    case "text":
      return span.text;
  }
}
