import { Check, ChevronsUpDown } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import { useFieldControl } from "./field";
import styles from "./select.module.css";

export interface SelectOption<V extends string> {
  value: V;
  label: ReactNode;
  icon?: ReactNode;
  /** A second, weaker line. */
  hint?: ReactNode;
  disabled?: boolean;
}

interface SelectProps<V extends string> {
  value: V | undefined;
  onChange: (value: V) => void;
  options: readonly SelectOption<V>[];
  placeholder?: string;
  /** The accessible name where no `Field` gives one. */
  label?: string;
  disabled?: boolean;
  size?: "default" | "small";
  /** Takes the width of its content instead of the whole row. */
  fit?: boolean;
  className?: string | undefined;
}

// Radix keeps "" for "nothing chosen", yet here it may be a choice ("Any status").
const pack = (value: string) => `v:${value}`;

export function Select<V extends string>({
  value,
  onChange,
  options,
  placeholder = "Choose…",
  label,
  disabled = false,
  size = "default",
  fit = false,
  className,
}: SelectProps<V>) {
  const control = useFieldControl({});
  return (
    <Primitive.Root
      value={value === undefined ? "" : pack(value)}
      onValueChange={(packed) => onChange(packed.slice(2) as V)}
      disabled={disabled}
    >
      <Primitive.Trigger
        className={cx(styles.trigger, styles[size], fit && styles.fit, className)}
        aria-label={label}
        {...control}
      >
        <span className={styles.value}>
          <Primitive.Value placeholder={placeholder} />
        </span>
        <Primitive.Icon asChild>
          <ChevronsUpDown aria-hidden />
        </Primitive.Icon>
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content className={styles.content} position="popper" sideOffset={4}>
          <Primitive.Viewport className={styles.viewport}>
            {options.map((option) => (
              <Primitive.Item
                key={option.value}
                value={pack(option.value)}
                disabled={option.disabled ?? false}
                className={styles.item}
              >
                <span className={styles.text}>
                  <Primitive.ItemText>
                    <span className={styles.label}>
                      {option.icon}
                      {option.label}
                    </span>
                  </Primitive.ItemText>
                  {option.hint ? <span className={styles.hint}>{option.hint}</span> : null}
                </span>
                <Primitive.ItemIndicator>
                  <Check aria-hidden />
                </Primitive.ItemIndicator>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
