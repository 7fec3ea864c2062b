import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./page.module.css";

interface PageTopProps {
  title: ReactNode;
  /** Beside the title. */
  chips?: ReactNode;
  actions?: ReactNode;
}

/** The 48-px bar at the top of a page. */
export function PageTop({ title, chips, actions }: PageTopProps) {
  return (
    <header className={styles.top}>
      <h1 className={styles.title}>{title}</h1>
      {chips}
      <span className={styles.gap} />
      {actions}
    </header>
  );
}

interface PageBodyProps {
  /** Widest column of content. */
  width?: "normal" | "narrow";
  children: ReactNode;
}

export function PageBody({ width = "normal", children }: PageBodyProps) {
  return (
    <main className={styles.body}>
      <div className={cx(styles.column, styles[width])}>{children}</div>
    </main>
  );
}

/** A white sheet that holds rows or a form. */
export function Sheet({ children }: { children: ReactNode }) {
  return <div className={styles.sheet}>{children}</div>;
}
