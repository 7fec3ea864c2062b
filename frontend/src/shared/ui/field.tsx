import { CircleX } from "lucide-react";
import { createContext, type ReactNode, use, useId } from "react";
import styles from "./field.module.css";

interface FieldContextValue {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
  required: boolean;
}

const FieldContext = createContext<FieldContextValue | null>(null);

/** What a control inside a `Field` takes over: id, description, error state. */
export function useFieldControl(own: { id?: string | undefined }) {
  const field = use(FieldContext);
  return {
    id: own.id ?? field?.id,
    "aria-describedby": field?.describedBy,
    "aria-invalid": field?.invalid || undefined,
    "aria-required": field?.required || undefined,
  };
}

interface FieldProps {
  label: ReactNode;
  /** Beside the label, on the right: a price, a mode switch. */
  aside?: ReactNode;
  hint?: ReactNode;
  /** What is wrong and how to mend it. */
  error?: ReactNode;
  required?: boolean;
  children: ReactNode;
}

export function Field({ label, aside, hint, error, required = false, children }: FieldProps) {
  const id = useId();
  const note = error || hint ? `${id}-note` : undefined;
  return (
    <FieldContext value={{ id, describedBy: note, invalid: Boolean(error), required }}>
      <div className={styles.field}>
        <div className={styles.head}>
          <label className={styles.label} htmlFor={id}>
            {label}
            {required ? (
              <span className={styles.required} aria-hidden>
                *
              </span>
            ) : null}
          </label>
          {/* A control beside the label is not the one that the label names. */}
          {aside ? (
            <FieldContext value={null}>
              <span className={styles.aside}>{aside}</span>
            </FieldContext>
          ) : null}
        </div>
        {children}
        {error ? (
          <p id={note} className={styles.error} role="alert">
            <CircleX aria-hidden />
            <span>{error}</span>
          </p>
        ) : null}
        {!error && hint ? (
          <p id={note} className={styles.hint}>
            {hint}
          </p>
        ) : null}
      </div>
    </FieldContext>
  );
}
