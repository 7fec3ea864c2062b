import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  ArrowLeftRight,
  Bell,
  History,
  Hourglass,
  LogOut,
  Monitor,
  Moon,
  Plug,
  Settings,
  Sun,
  Table2,
  UserRound,
  Workflow,
} from "lucide-react";
import type { ReactNode } from "react";
import { NavLink, useNavigate } from "react-router";
import { unreadQuery } from "@/shared/api/notifications";
import { outcomesQuery } from "@/shared/api/runs";
import { enterWorkspace, meQuery, signOut } from "@/shared/api/session";
import type { Me } from "@/shared/api/types";
import { cx } from "@/shared/lib/cx";
import { initials, plural } from "@/shared/lib/format";
import { chooseTheme } from "@/shared/lib/theme";
import { usePhone } from "@/shared/lib/use-media";
import { Logo } from "@/shared/ui/logo";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/shared/ui/menu";
import { toastProblem } from "@/shared/ui/toast";
import { Tooltip } from "@/shared/ui/tooltip";
import styles from "./rail.module.css";

export function Rail({ me }: { me: Me }) {
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
      <RailLink to="/tables" label="Tables" icon={<Table2 aria-hidden />} />
      <RailLink to="/waiting" label="Waiting" icon={<Hourglass aria-hidden />} />
      <RailLink to="/connections" label="Connections" icon={<Plug aria-hidden />} />
      <RailLink
        to="/notifications"
        label="Notifications"
        word="Notices"
        icon={<Bell aria-hidden />}
        count={unread}
        note={unread ? `, ${unread} unread` : ""}
      />
      <RailLink to="/settings" label="Settings" icon={<Settings aria-hidden />} />
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

function AccountMenu({ me }: { me: Me }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const name = me.member?.name ?? "";

  const elsewhere = me.workspaces.filter((place) => place.id !== me.member?.workspace_id);

  const enter = async (id: string) => {
    try {
      await enterWorkspace(id);
    } catch (error) {
      toastProblem(error);
      return;
    }
    // The stream of events and all that was fetched are of the workspace left behind.
    location.assign("/workflows");
  };

  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      toastProblem(error);
      return;
    }
    await navigate("/sign-in");
    client.clear();
    client.setQueryData(meQuery.queryKey, null);
  };

  return (
    <Menu
      side="right"
      trigger={
        <button type="button" className={styles.account} aria-label={`Account of ${name}`}>
          <span className={styles.avatar}>{initials(name)}</span>
          <span className={styles.word}>You</span>
        </button>
      }
    >
      <MenuLabel>
        {name} · {me.member?.email}
      </MenuLabel>
      <MenuItem
        icon={<UserRound aria-hidden />}
        onSelect={() => void navigate("/settings/account")}
      >
        Account
      </MenuItem>
      {elsewhere.length > 0 ? <MenuSeparator /> : null}
      {elsewhere.map((place) => (
        <MenuItem
          key={place.id}
          icon={<ArrowLeftRight aria-hidden />}
          onSelect={() => void enter(place.id)}
        >
          Go to {place.name}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<Sun aria-hidden />} onSelect={() => chooseTheme("light")}>
        Light
      </MenuItem>
      <MenuItem icon={<Moon aria-hidden />} onSelect={() => chooseTheme("dark")}>
        Dark
      </MenuItem>
      <MenuItem icon={<Monitor aria-hidden />} onSelect={() => chooseTheme("system")}>
        As the system
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
