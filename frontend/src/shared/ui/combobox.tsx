import { Check, ChevronsUpDown, RotateCw, Search } from "lucide-react";
import { Popover } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./combobox.module.css";
import { useFieldControl } from "./field";
import { IconButton } from "./icon-button";

export interface ComboboxItem {
  value: string;
  label: string;
  /** A second, weaker line. */
  hint?: string;
}

interface ComboboxProps {
  /** What the closed box shows; the placeholder while nothing is chosen. */
  shown: ReactNode;
  placeholder: string;
  chosen: readonly string[];
  items: readonly ComboboxItem[];
  search: string;
  onSearch: (typed: string) => void;
  onChoose: (item: ComboboxItem) => void;
  onOpen?: () => void;
  /** The last item came into view. */
  onEnd?: () => void;
  onRefresh?: () => void;
  busy?: boolean;
  /** In place of the items: an error, or that there are none. */
  notice?: ReactNode;
  /** Stays open after a choice, for several. */
  several?: boolean;
  disabled?: boolean;
  /** The accessible name where no `Field` gives one. */
  label?: string;
}

/** A select whose choices are searched for, and may come page by page. */
export function Combobox(props: ComboboxProps) {
  const [open, setOpen] = useState(false);
  const control = useFieldControl({});
  const list = useId();
  const show = (next: boolean) => {
    setOpen(next);
    if (next) props.onOpen?.();
    else props.onSearch("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    show(true);
  };
  const empty = props.chosen.length === 0 || props.several;
  return (
    <Popover.Root open={open} onOpenChange={show}>
      <Popover.Trigger asChild>
        <button
          type="button"
          {...control}
          role="combobox"
          aria-label={props.label}
          aria-haspopup="listbox"
          aria-expanded={open}
          aria-controls={open ? list : undefined}
          className={styles.trigger}
          disabled={props.disabled}
          data-placeholder={empty || undefined}
          onKeyDown={onKeyDown}
        >
          <span className={styles.value}>{empty ? props.placeholder : props.shown}</span>
          <ChevronsUpDown aria-hidden />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.content} align="start" sideOffset={4}>
          <Choices {...props} listId={list} onDone={() => show(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface ChoicesProps extends ComboboxProps {
  listId: string;
  onDone: () => void;
}

function Choices({ items, search, onSearch, notice, busy = false, ...props }: ChoicesProps) {
  // The chosen one, else the first that is something.
  const begin = items.findIndex((item) => props.chosen.includes(item.value));
  const [moved, setActive] = useState<number | null>(null);
  const active = moved ?? Math.max(begin, items[0]?.value === "" ? 1 : 0);
  const at = Math.min(active, items.length - 1);
  const choose = (item: ComboboxItem | undefined) => {
    if (item === undefined) return;
    props.onChoose(item);
    if (!props.several) props.onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) setActive(Math.max(0, Math.min(to, items.length - 1)));
    else if (event.key === "Enter") choose(items[at]);
    else return;
    event.preventDefault();
  };
  const optionId = (index: number) => `${props.listId}-${index}`;
  return (
    <>
      <div className={styles.head}>
        <Search aria-hidden />
        <input
          className={styles.search}
          role="combobox"
          aria-label="Search"
          aria-expanded
          aria-controls={props.listId}
          aria-activedescendant={at >= 0 ? optionId(at) : undefined}
          placeholder="Search, or paste an id"
          value={search}
          onChange={(event) => {
            onSearch(event.target.value);
            setActive(event.target.value === "" ? null : 0);
          }}
          onKeyDown={onKeyDown}
        />
        {props.onRefresh ? (
          <IconButton
            size="small"
            label="Refresh"
            icon={<RotateCw className={busy ? styles.turning : undefined} aria-hidden />}
            onClick={props.onRefresh}
          />
        ) : null}
      </div>
      <div
        id={props.listId}
        className={styles.list}
        role="listbox"
        aria-label="Choices"
        aria-busy={busy}
        aria-multiselectable={props.several || undefined}
      >
        {items.map((item, index) => (
          <Choice
            key={item.value}
            id={optionId(index)}
            item={item}
            active={index === at}
            chosen={props.chosen.includes(item.value)}
            onChoose={() => choose(item)}
          />
        ))}
        {items.length > 0 ? <Sentinel key={items.length} onSeen={props.onEnd} /> : null}
      </div>
      <div className={styles.notice}>{notice}</div>
      {busy ? (
        <p className={styles.busy} role="status">
          Asking…
        </p>
      ) : null}
    </>
  );
}

interface ChoiceProps {
  id: string;
  item: ComboboxItem;
  active: boolean;
  chosen: boolean;
  onChoose: () => void;
}

function Choice({ id, item, active, chosen, onChoose }: ChoiceProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) element.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the focus stays in the search box, whose arrows and Enter choose
    <div
      ref={element}
      id={id}
      role="option"
      aria-selected={chosen}
      data-active={active}
      className={cx(styles.item, active && styles.active)}
      onClick={onChoose}
    >
      <span className={styles.text}>
        <span className={styles.label}>{item.label}</span>
        {item.hint ? <span className={styles.hint}>{item.hint}</span> : null}
      </span>
      {chosen ? <Check aria-hidden /> : null}
    </div>
  );
}

/** Tells once that the end of the list is near. */
function Sentinel({ onSeen }: { onSeen: (() => void) | undefined }) {
  const element = useRef<HTMLDivElement>(null);
  const tell = useRef(onSeen);
  useEffect(() => {
    tell.current = onSeen;
  });
  useEffect(() => {
    const end = element.current;
    if (end === null) return;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) tell.current?.();
      },
      { root: end.parentElement, rootMargin: "80px" },
    );
    watch.observe(end);
    return () => watch.disconnect();
  }, []);
  return <div ref={element} aria-hidden className={styles.end} />;
}
