import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./button.module.css";
import { Tooltip } from "./tooltip";

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** The accessible name, also shown as the tooltip. */
  label: string;
  icon: ReactNode;
  /** Keys to show in the tooltip, such as "Ctrl+Z". */
  shortcut?: string | undefined;
  variant?: "default" | "quiet" | "danger";
  size?: "default" | "small";
  pressed?: boolean | undefined;
  tooltipSide?: "top" | "right" | "bottom" | "left";
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({
  label,
  icon,
  shortcut,
  variant = "quiet",
  size = "default",
  pressed,
  tooltipSide = "bottom",
  className,
  type = "button",
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip content={label} shortcut={shortcut} side={tooltipSide}>
      <button
        type={type}
        aria-label={label}
        aria-pressed={pressed}
        className={cx(
          styles.button,
          styles.icon,
          styles[variant],
          styles[size],
          pressed && styles.pressed,
          className,
        )}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
