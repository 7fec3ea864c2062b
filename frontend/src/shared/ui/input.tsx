import type { InputHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "@/shared/lib/cx";
import { useFieldControl } from "./field";
import styles from "./input.module.css";

export interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  /** Inside the frame, before and after the text. */
  lead?: ReactNode;
  trail?: ReactNode;
  code?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function Input({ lead, trail, code = false, className, id, ...rest }: InputProps) {
  const control = useFieldControl({ id });
  return (
    <span className={cx(styles.frame, className)}>
      {lead}
      <input className={cx(styles.input, code && styles.code)} {...control} {...rest} />
      {trail}
    </span>
  );
}
