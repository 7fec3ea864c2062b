import { LoaderCircle } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { Link } from "react-router";
import { cx } from "@/shared/lib/cx";
import styles from "./button.module.css";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: "default" | "primary" | "quiet" | "danger";
  size?: "default" | "small" | "large";
  icon?: ReactNode;
  /** Turns the icon, keeps the width and refuses further clicks. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  variant = "default",
  size = "default",
  icon,
  busy = false,
  className,
  children,
  disabled,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(styles.button, styles[variant], styles[size], className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle className={styles.turning} aria-hidden /> : icon}
      {children}
    </button>
  );
}

interface ButtonLinkProps {
  to: string;
  /** The accessible name, where the text isn't always shown. */
  label?: string;
  icon?: ReactNode;
  children: ReactNode;
}

/** Goes to another page, and looks like what it stands beside. */
export function ButtonLink({ to, label, icon, children }: ButtonLinkProps) {
  return (
    <Link to={to} aria-label={label} className={cx(styles.button, styles.default)}>
      {icon}
      {children}
    </Link>
  );
}
