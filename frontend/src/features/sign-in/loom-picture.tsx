import { Globe, type LucideIcon, Mail, Send, Sparkles } from "lucide-react";
import { cx } from "@/shared/lib/cx";
import { type Status, StatusIcon } from "@/shared/ui/status";
import styles from "./loom-picture.module.css";

interface Card {
  title: string;
  line: string;
  icon: LucideIcon;
  tint: "ai" | "http" | "human" | "flow";
  status: Status;
  x: number;
  y: number;
}

const cards: Card[] = [
  {
    title: "A mail comes in",
    line: "Label “Support”",
    icon: Mail,
    tint: "human",
    status: "succeeded",
    x: 0,
    y: 94,
  },
  {
    title: "Sum it up",
    line: "Text by a small model",
    icon: Sparkles,
    tint: "ai",
    status: "succeeded",
    x: 260,
    y: 0,
  },
  {
    title: "Find the customer",
    line: "GET /customers",
    icon: Globe,
    tint: "http",
    status: "succeeded",
    x: 260,
    y: 188,
  },
  {
    title: "Tell the team",
    line: "Post to #support",
    icon: Send,
    tint: "flow",
    status: "running",
    x: 520,
    y: 94,
  },
];

const threads = [
  "M208 122 C 238 122 230 28 260 28",
  "M208 122 C 238 122 230 216 260 216",
  "M468 28 C 498 28 490 122 520 122",
  "M468 216 C 498 216 490 122 520 122",
];

/** What this is about, for those who come the first time. Decoration only. */
export function LoomPicture() {
  return (
    <div className={styles.ground} aria-hidden>
      <div className={styles.picture}>
        <svg className={styles.threads} viewBox="0 0 728 244" aria-hidden>
          {threads.map((thread) => (
            <path key={thread} d={thread} />
          ))}
        </svg>
        {cards.map(({ icon: Icon, ...card }) => (
          <div
            key={card.title}
            className={cx(styles.card, card.status === "running" && styles.running)}
            style={{ left: card.x, top: card.y }}
          >
            <span className={cx(styles.tile, styles[card.tint])}>
              <Icon strokeWidth={1.75} />
            </span>
            <span>
              <b>{card.title}</b>
              <small>{card.line}</small>
            </span>
            <span className={cx(styles.badge, styles[card.status])}>
              <StatusIcon status={card.status} named={false} />
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
