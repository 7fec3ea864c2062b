import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Problem } from "./problem";

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What will be gone or changed, and what stays. */
  description: ReactNode;
  confirmLabel: string;
  onConfirm: () => void;
  busy?: boolean;
  danger?: boolean;
  error?: unknown;
  children?: ReactNode;
}

export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  confirmLabel,
  onConfirm,
  busy = false,
  danger = false,
  error,
  children,
}: ConfirmDialogProps) {
  const body = error || children;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button variant={danger ? "danger" : "primary"} busy={busy} onClick={onConfirm}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {body ? (
        <>
          {children}
          {error ? <Problem error={error} /> : null}
        </>
      ) : null}
    </Dialog>
  );
}
