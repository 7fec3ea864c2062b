import { type ChangeEvent, type KeyboardEvent, useLayoutEffect, useRef } from "react";
import { cx } from "@/shared/lib/cx";
import { useFieldControl } from "@/shared/ui/field";
import { hasExpression, pieces } from "../model/expression";
import { useForm } from "./form-context";
import styles from "./template-input.module.css";

interface TemplateInputProps {
  value: string;
  onChange: (text: string) => void;
  placeholder?: string | undefined;
  /** Several lines: Enter makes a new one. */
  multiline?: boolean;
  code?: boolean;
  /** Shown as an expression although nothing in it is one yet. */
  expression?: boolean;
  label?: string | undefined;
}

/**
 * A text that may hold `{{ … }}`. As soon as it does it is set in monospace with tinted expressions; `=` as the
 * first character of an empty field begins one. The tints lie below a textarea whose own text is see-through.
 */
export function TemplateInput({
  value,
  onChange,
  placeholder,
  multiline,
  code,
  expression,
  label,
}: TemplateInputProps) {
  const { locked, expressions } = useForm();
  const control = useFieldControl({});
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const isExpression = expressions && (expression || hasExpression(value));

  useLayoutEffect(() => {
    if (caret.current === null) return;
    area.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const onInput = (event: ChangeEvent<HTMLTextAreaElement>) => {
    const text = event.target.value;
    const begins = expressions && value === "" && text === "=";
    if (begins) caret.current = 3;
    onChange(begins ? "{{  }}" : multiline ? text : text.replace(/\r?\n/g, " "));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !multiline) event.preventDefault();
  };

  return (
    <div
      className={cx(styles.frame, isExpression && styles.expression, code && styles.code)}
      data-invalid={control["aria-invalid"]}
    >
      {isExpression ? (
        <span className={styles.fx} aria-hidden>
          fx
        </span>
      ) : null}
      <div className={cx(styles.stack, multiline && styles.tall)}>
        <div className={styles.tints} aria-hidden>
          {isExpression ? <Tints text={value} /> : value}
          {/* A last empty line has no height of its own. */}
          {"​"}
        </div>
        <textarea
          ref={area}
          {...control}
          aria-label={label}
          className={styles.area}
          rows={1}
          value={value}
          placeholder={placeholder}
          spellCheck={!isExpression && !code}
          readOnly={locked}
          onChange={onInput}
          onKeyDown={onKeyDown}
        />
      </div>
    </div>
  );
}

function Tints({ text }: { text: string }) {
  return pieces(text).map((piece, index) =>
    piece.expression ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its position
      <mark key={index} className={styles.token}>
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}
