import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import styles from "./segmented.module.css";

interface SegmentedProps<V extends string> {
  value: V;
  onChange: (value: V) => void;
  options: readonly { value: V; label: ReactNode }[];
  label: string;
  disabled?: boolean;
}

/** A few exclusive choices side by side; one is always chosen. */
export function Segmented<V extends string>({
  value,
  onChange,
  options,
  label,
  disabled = false,
}: SegmentedProps<V>) {
  return (
    <ToggleGroup.Root
      type="single"
      className={styles.group}
      value={value}
      onValueChange={(next) => {
        if (next) onChange(next as V);
      }}
      aria-label={label}
      disabled={disabled}
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value} className={styles.item}>
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
