import { CalendarClock, MousePointerClick, SquareDashed, Webhook } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./start-cards.module.css";
import type { Start } from "./starts";

const starts: { start: Start; title: string; text: string; icon: ReactNode }[] = [
  {
    start: "webhook",
    title: "When it is called",
    text: "Another program calls an address: an order, a push, a form.",
    icon: <Webhook aria-hidden />,
  },
  {
    start: "schedule",
    title: "On a schedule",
    text: "Every weekday at nine, every five minutes, or as you like.",
    icon: <CalendarClock aria-hidden />,
  },
  {
    start: "manual",
    title: "When you press a button",
    text: "By hand, with data that you type. Good for a first try.",
    icon: <MousePointerClick aria-hidden />,
  },
];

const empty = {
  start: "empty" as const,
  title: "Empty canvas",
  text: "Nothing on it yet.",
  icon: <SquareDashed aria-hidden />,
};

interface StartCardsProps {
  onChoose: (start: Start) => void;
  disabled: boolean;
  withEmpty?: boolean;
}

export function StartCards({ onChoose, disabled, withEmpty = false }: StartCardsProps) {
  return (
    <div className={cx(styles.cards, withEmpty && styles.four)}>
      {(withEmpty ? [...starts, empty] : starts).map((card) => (
        <button
          key={card.start}
          type="button"
          className={styles.card}
          disabled={disabled}
          onClick={() => onChoose(card.start)}
        >
          <span className={cx(styles.tile, card.start === "empty" && styles.plain)}>
            {card.icon}
          </span>
          <span className={styles.title}>{card.title}</span>
          <span className={styles.text}>{card.text}</span>
        </button>
      ))}
    </div>
  );
}
