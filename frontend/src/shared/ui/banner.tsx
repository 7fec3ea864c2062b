import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./banner.module.css";

type Tone = "info" | "success" | "waiting" | "failed" | "unknown";

interface BannerProps {
  tone?: Tone;
  icon?: ReactNode;
  title?: ReactNode;
  /** Buttons that do what the text says. */
  actions?: ReactNode;
  children?: ReactNode;
}

const icons: Record<Tone, ReactNode> = {
  info: <Info aria-hidden />,
  success: <CircleCheck aria-hidden />,
  waiting: <TriangleAlert aria-hidden />,
  failed: <CircleAlert aria-hidden />,
  unknown: <TriangleAlert aria-hidden />,
};

export function Banner({ tone = "info", icon, title, actions, children }: BannerProps) {
  return (
    <div className={cx(styles.banner, styles[tone])} role={tone === "failed" ? "alert" : "status"}>
      {icon ?? icons[tone]}
      <div className={styles.text}>
        {title ? <strong>{title}</strong> : null} {children}
      </div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </div>
  );
}
