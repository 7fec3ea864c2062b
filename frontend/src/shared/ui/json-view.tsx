import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { JsonValue } from "@/shared/api/types";
import { plural } from "@/shared/lib/format";
import styles from "./json-view.module.css";

interface JsonViewProps {
  value: JsonValue;
  /** How many levels stand open at first. */
  open?: number;
}

const CHUNK = 100;

/** JSON as a tree that can be folded; long lists come in parts. */
export function JsonView({ value, open = 2 }: JsonViewProps) {
  return (
    <div className={styles.root}>
      <Value value={value} open={open} />
    </div>
  );
}

function Value({ name, value, open }: { name?: string; value: JsonValue; open: number }) {
  if (typeof value === "object" && value !== null) {
    return <Branch value={value} open={open} {...(name === undefined ? {} : { name })} />;
  }
  return (
    <div className={styles.leaf}>
      <Name name={name} />
      <Scalar value={value} />
    </div>
  );
}

function Branch({
  name,
  value,
  open,
}: {
  name?: string;
  value: JsonValue[] | { [key: string]: JsonValue };
  open: number;
}) {
  const [expanded, setExpanded] = useState(open > 0);
  const [shown, setShown] = useState(CHUNK);
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  const [before, after] = list ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) {
    return (
      <div className={styles.leaf}>
        <Name name={name} />
        {before}
        {after}
      </div>
    );
  }
  return (
    <div>
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={expanded}
        onClick={() => setExpanded(!expanded)}
      >
        <ChevronRight aria-hidden />
        <Name name={name} />
        <span className={styles.weak}>
          {before}
          {expanded
            ? ""
            : ` ${plural(entries.length, list ? "entry" : "field", list ? "entries" : "fields")} ${after}`}
        </span>
      </button>
      {expanded ? (
        <>
          <div className={styles.children}>
            {entries.slice(0, shown).map(([key, child]) => (
              <Value key={key} name={key} value={child} open={open - 1} />
            ))}
            {entries.length > shown ? (
              <button type="button" className={styles.more} onClick={() => setShown(shown + CHUNK)}>
                {entries.length - shown} more
              </button>
            ) : null}
          </div>
          <div className={styles.close}>{after}</div>
        </>
      ) : null}
    </div>
  );
}

function Name({ name }: { name: string | undefined }) {
  return name === undefined ? null : <span className={styles.name}>{name}: </span>;
}

function Scalar({ value }: { value: null | boolean | number | string }) {
  if (typeof value === "string") return <LongText text={value} />;
  return <span className={styles.scalar}>{String(value)}</span>;
}

function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const cut = text.length > 400 && !whole;
  return (
    <>
      <span className={styles.string}>{JSON.stringify(cut ? text.slice(0, 400) : text)}</span>
      {cut ? (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          {plural(text.length - 400, "more character")}
        </button>
      ) : null}
    </>
  );
}
