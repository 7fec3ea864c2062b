import { useQuery } from "@tanstack/react-query";
import { Bell, History, Hourglass, Plug, Settings, Table2, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { unreadQuery } from "@/shared/api/notifications";
import { outcomesQuery } from "@/shared/api/runs";
import type { Me } from "@/shared/api/types";
import { cx } from "@/shared/lib/cx";
import { plural } from "@/shared/lib/format";
import { usePhone } from "@/shared/lib/use-media";
import { Logo } from "@/shared/ui/logo";
import { Tooltip } from "@/shared/ui/tooltip";
import { AccountMenu } from "./account-menu";
import styles from "./rail.module.css";

/** On a phone there is room for five; the other places stand in the last one's menu. */
export function Rail({ me }: { me: Me }) {
  const phone = usePhone();
  const outcomes = useQuery(outcomesQuery);
  const unread = useQuery(unreadQuery).data?.count ?? 0;
  const unsettled = outcomes.data?.items.length ?? 0;
  return (
    <nav className={styles.rail} aria-label="Main">
      <NavLink to="/workflows" className={cx(styles.logo)} aria-label="Nodeloom, your workflows">
        <Logo />
      </NavLink>
      <RailLink to="/workflows" label="Workflows" icon={<Workflow aria-hidden />} />
      <RailLink
        to="/runs"
        label="Runs"
        icon={<History aria-hidden />}
        count={unsettled}
        note={unsettled ? `, ${plural(unsettled, "outcome")} to settle` : ""}
      />
      {phone ? null : <RailLink to="/tables" label="Tables" icon={<Table2 aria-hidden />} />}
      <RailLink to="/waiting" label="Waiting" icon={<Hourglass aria-hidden />} />
      {phone ? null : (
        <RailLink to="/connections" label="Connections" icon={<Plug aria-hidden />} />
      )}
      <RailLink
        to="/notifications"
        label="Notifications"
        word="Notices"
        icon={<Bell aria-hidden />}
        count={unread}
        note={unread ? `, ${unread} unread` : ""}
      />
      {phone ? null : <RailLink to="/settings" label="Settings" icon={<Settings aria-hidden />} />}
      <AccountMenu me={me} />
    </nav>
  );
}

interface RailLinkProps {
  to: string;
  label: string;
  icon: ReactNode;
  /** Under the icon on a phone, where the label is too long. */
  word?: string;
  count?: number;
  /** Added to the accessible name. */
  note?: string;
}

function RailLink({ to, label, word = label, icon, count = 0, note = "" }: RailLinkProps) {
  const phone = usePhone();
  const link = (
    <NavLink to={to} className={cx(styles.link)} aria-label={`${label}${note}`}>
      {icon}
      {phone ? <span className={styles.word}>{word}</span> : null}
      {count > 0 ? <span className={styles.count}>{count > 99 ? "99+" : count}</span> : null}
    </NavLink>
  );
  if (phone) return link;
  return (
    <Tooltip content={`${label}${note}`} side="right">
      {link}
    </Tooltip>
  );
}
