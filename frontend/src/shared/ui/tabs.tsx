import { Tabs as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./tabs.module.css";

export interface TabItem<V extends string> {
  value: V;
  label: ReactNode;
  count?: number | undefined;
}

interface TabsProps<V extends string> {
  /** `null` while no panel is shown: then any tab opens one. */
  value: V | null;
  onChange: (value: V) => void;
  items: readonly TabItem<V>[];
  /** The accessible name of the row of tabs. */
  label: string;
  /** In the same row, on the right. */
  aside?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

export function Tabs<V extends string>({
  value,
  onChange,
  items,
  label,
  aside,
  className,
  children,
}: TabsProps<V>) {
  return (
    <Primitive.Root
      value={value ?? ""}
      onValueChange={(next) => onChange(next as V)}
      className={cx(styles.root, className)}
    >
      <div className={styles.bar}>
        <Primitive.List className={styles.list} aria-label={label}>
          {items.map((item) => (
            <Primitive.Trigger key={item.value} value={item.value} className={styles.tab}>
              {item.label}
              {item.count === undefined ? null : <span className={styles.count}>{item.count}</span>}
            </Primitive.Trigger>
          ))}
        </Primitive.List>
        {aside ? <div className={styles.aside}>{aside}</div> : null}
      </div>
      {children}
    </Primitive.Root>
  );
}

interface TabPanelProps {
  value: string;
  className?: string | undefined;
  children: ReactNode;
}

export function TabPanel({ value, className, children }: TabPanelProps) {
  return (
    <Primitive.Content value={value} className={cx(styles.panel, className)}>
      {children}
    </Primitive.Content>
  );
}
