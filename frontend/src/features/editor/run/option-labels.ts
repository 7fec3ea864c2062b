import { create } from "zustand";

// A document keeps the value alone ("C024BE91L"). What a person chose it by ("#orders") is kept by the browser.
const STORED = "nodeloom.option-labels";
const MOST = 500;

type Labels = Readonly<Record<string, string>>;

/** What is listed by a service, seen through one connection. */
export interface Listed {
  readonly connectionId: string;
  readonly loader: string;
}

const useLabels = create<{ labels: Labels }>(() => ({ labels: stored() }));

function keyOf({ connectionId, loader }: Listed, value: string): string {
  return `${connectionId}/${loader}/${value}`;
}

/** The newest stay. */
export function remember(listed: Listed, items: readonly { value: string; label: string }[]): void {
  const { labels } = useLabels.getState();
  const fresh = items
    .map((item) => [keyOf(listed, item.value), item.label] as const)
    .filter(([key, label]) => labels[key] !== label);
  if (fresh.length === 0) return;
  const others = Object.entries(labels).filter(([key]) => !fresh.some(([own]) => own === key));
  const kept = Object.fromEntries([...others, ...fresh].slice(-MOST));
  useLabels.setState({ labels: kept });
  try {
    localStorage.setItem(STORED, JSON.stringify(kept));
  } catch {
    // Full or forbidden: the labels last as long as the page.
  }
}

/** What a component makes of the labels; it is drawn anew when that changes. */
export function useWithLabels<T>(
  make: (labelOf: (listed: Listed, value: string) => string | undefined) => T,
): T {
  return useLabels(({ labels }) => make((listed, value) => labels[keyOf(listed, value)]));
}

function stored(): Labels {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Labels) : {};
  } catch {
    return {};
  }
}
