import {
  ArrowDownUp,
  Braces,
  Calculator,
  CalendarClock,
  CircleDashed,
  CircleStop,
  ClipboardList,
  Clock,
  Code,
  CodeXml,
  Combine,
  CopyMinus,
  CornerDownRight,
  Database,
  FileCode,
  FileInput,
  FileOutput,
  FileText,
  Filter,
  Funnel,
  GitCompare,
  GitMerge,
  Globe,
  Hand,
  Hash,
  Hourglass,
  KeyRound,
  Layers,
  ListEnd,
  ListTree,
  Lock,
  type LucideIcon,
  Megaphone,
  Merge,
  MessageCircle,
  MousePointerClick,
  OctagonX,
  PenLine,
  Play,
  Plug,
  Radio,
  Repeat,
  Reply,
  Route,
  ShieldCheck,
  Sigma,
  Signature,
  Siren,
  SortAsc,
  Sparkles,
  Split,
  SquareFunction,
  Stamp,
  Table,
  Table2,
  Tag,
  ThumbsUp,
  Timer,
  Ungroup,
  User,
  UserRound,
  Webhook,
  Workflow,
  Zap,
} from "lucide-react";
import type { CSSProperties } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./node-mark.module.css";

// By the names that node types and connectors give; an unknown name shows a letter.
const icons: Record<string, LucideIcon> = {
  "octagon-x": OctagonX,
  "clipboard-list": ClipboardList,
  "message-circle": MessageCircle,
  "corner-down-right": CornerDownRight,
  siren: Siren,
  stamp: Stamp,
  megaphone: Megaphone,
  "table-2": Table2,
  "list-tree": ListTree,
  funnel: Funnel,
  combine: Combine,
  "circle-dashed": CircleDashed,
  "arrow-down-up": ArrowDownUp,
  braces: Braces,
  calculator: Calculator,
  "calendar-clock": CalendarClock,
  "circle-stop": CircleStop,
  clock: Clock,
  code: Code,
  "code-xml": CodeXml,
  "copy-minus": CopyMinus,
  database: Database,
  "file-code": FileCode,
  "file-input": FileInput,
  "file-output": FileOutput,
  "file-text": FileText,
  filter: Filter,
  "git-compare": GitCompare,
  "git-merge": GitMerge,
  globe: Globe,
  hand: Hand,
  hash: Hash,
  hourglass: Hourglass,
  key: KeyRound,
  "key-round": KeyRound,
  layers: Layers,
  "list-end": ListEnd,
  lock: Lock,
  merge: Merge,
  "mouse-pointer-click": MousePointerClick,
  pencil: PenLine,
  "pen-line": PenLine,
  play: Play,
  plug: Plug,
  radio: Radio,
  repeat: Repeat,
  reply: Reply,
  route: Route,
  "shield-check": ShieldCheck,
  sigma: Sigma,
  signature: Signature,
  "sort-asc": SortAsc,
  "arrow-up-narrow-wide": SortAsc,
  sparkles: Sparkles,
  split: Split,
  "square-function": SquareFunction,
  table: Table,
  tag: Tag,
  "thumbs-up": ThumbsUp,
  timer: Timer,
  ungroup: Ungroup,
  user: User,
  "user-round": UserRound,
  webhook: Webhook,
  workflow: Workflow,
  zap: Zap,
};

const tints = new Set(["trigger", "flow", "data", "http", "code", "human", "ai"]);

interface NodeMarkProps {
  /** A Lucide name, as the catalog gives it. */
  icon: string;
  /** The node type's group, or a connector's name: chooses the tint. */
  group: string;
  /** For the letter where the icon isn't known. */
  title: string;
  /** A connector's own colour; mixed with the theme's so that it can be read on both. */
  color?: string | null | undefined;
  size?: "default" | "small";
}

/** The tile with the mark of a node type or connector. */
export function NodeMark({ icon, group, title, color, size = "default" }: NodeMarkProps) {
  const Icon = icons[icon];
  const tint = tints.has(group) ? group : "data";
  return (
    <span
      className={cx(
        styles.tile,
        color ? styles.own : styles[tint],
        size === "small" && styles.small,
      )}
      style={color ? ({ "--mark": color } as CSSProperties) : undefined}
      aria-hidden
    >
      {Icon ? <Icon strokeWidth={1.75} /> : title.slice(0, 1).toUpperCase()}
    </span>
  );
}
