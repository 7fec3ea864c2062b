import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./chip.module.css";

interface ChipProps {
  tone?: "neutral" | "outline" | "accent" | "warning" | "danger" | "success";
  icon?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

export function Chip({ tone = "neutral", icon, className, children }: ChipProps) {
  return (
    <span className={cx(styles.chip, styles[tone], className)}>
      {icon}
      {children}
    </span>
  );
}
