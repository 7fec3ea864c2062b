import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { LogLine } from "@/shared/api/types";

const NEAR_PX = 24;

interface Tail {
  /** For the element that scrolls. */
  list: { ref: RefObject<HTMLElement | null>; onScroll: () => void };
  /** Whether somebody scrolled up: then nothing moves by itself. */
  away: boolean;
  follow: () => void;
}

/** Keeps a list at its end as lines come, until somebody scrolls up. */
export function useTail(newest: number | undefined): Tail {
  const ref = useRef<HTMLElement>(null);
  const [away, setAway] = useState(false);
  const toEnd = () => ref.current?.scrollTo({ top: ref.current.scrollHeight });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the list
  useLayoutEffect(() => {
    if (!away) toEnd();
  }, [newest, away]);
  const onScroll = () => {
    const list = ref.current;
    if (list) setAway(list.scrollHeight - list.scrollTop - list.clientHeight > NEAR_PX);
  };
  return { list: { ref, onScroll }, away, follow: () => setAway(false) };
}

/** The lines as a text to paste elsewhere. */
export function logText(lines: readonly LogLine[], titleOf: (nodeId: string) => string): string {
  return lines
    .map(({ at, level, node_id, text }) => {
      const where = node_id === null ? "" : ` ${titleOf(node_id)}:`;
      return `${at} ${level.toUpperCase()}${where} ${text}`;
    })
    .join("\n");
}
