import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./dialog.module.css";

/** The first field, else the first button below: not the cross in the corner. */
function focusFirstControl(event: Event): void {
  const dialog = event.currentTarget as HTMLElement;
  const first = dialog.querySelector<HTMLElement>(
    "[data-body] :is(input, textarea, button):not(:disabled), footer button:not(:disabled)",
  );
  if (!first) return;
  event.preventDefault();
  first.focus();
}

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** Buttons, right-aligned under a line. */
  footer?: ReactNode;
  size?: "default" | "wide" | "full";
  children?: ReactNode;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  footer,
  size = "default",
  children,
}: DialogProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={styles.scrim} />
        <Primitive.Content
          className={cx(styles.dialog, styles[size])}
          onOpenAutoFocus={focusFirstControl}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className={styles.head}>
            <div>
              <Primitive.Title className={styles.title}>{title}</Primitive.Title>
              {description ? (
                <Primitive.Description className={styles.description}>
                  {description}
                </Primitive.Description>
              ) : null}
            </div>
            <Primitive.Close className={styles.close} aria-label="Close">
              <X aria-hidden />
            </Primitive.Close>
          </header>
          {children ? (
            <div className={styles.body} data-body>
              {children}
            </div>
          ) : null}
          {footer ? <footer className={styles.footer}>{footer}</footer> : null}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
