import type { ReactNode } from "react";
import styles from "./empty-state.module.css";

interface EmptyStateProps {
  icon?: ReactNode;
  title: ReactNode;
  /** What will be here, and what fills it. */
  children?: ReactNode;
  action?: ReactNode;
  size?: "default" | "small";
}

export function EmptyState({ icon, title, children, action, size = "default" }: EmptyStateProps) {
  return (
    <div className={styles.empty} data-size={size}>
      {icon ? <span className={styles.tile}>{icon}</span> : null}
      <p className={styles.title}>{title}</p>
      {children ? <p className={styles.text}>{children}</p> : null}
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}
