import type { Ref, TextareaHTMLAttributes } from "react";
import { cx } from "@/shared/lib/cx";
import { useFieldControl } from "./field";
import styles from "./input.module.css";

export interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  code?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}

export function Textarea({ code = false, className, id, rows = 3, ...rest }: TextareaProps) {
  const control = useFieldControl({ id });
  return (
    <span className={cx(styles.frame, className)}>
      <textarea
        className={cx(styles.area, code && styles.code)}
        rows={rows}
        spellCheck={!code}
        {...control}
        {...rest}
      />
    </span>
  );
}
