import {
  AppWindow,
  Bell,
  KeyRound,
  MonitorSmartphone,
  Palette,
  PanelTop,
  ScrollText,
  Siren,
  UserRound,
  Users,
  Variable,
} from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { useMay } from "@/shared/api/roles";
import { useTitle } from "@/shared/lib/use-title";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageTop } from "@/shared/ui/page";
import { AccountSection } from "./account-section";
import { AppearanceSection } from "./appearance-section";
import { AppsSection } from "./apps-section";
import { AuditSection } from "./audit-section";
import { FailuresSection } from "./failures-section";
import { KeysSection } from "./keys-section";
import { MembersSection } from "./members-section";
import { NotificationsSection } from "./notifications-section";
import { PagesSection } from "./pages-section";
import { SessionsSection } from "./sessions-section";
import styles from "./settings-page.module.css";
import { VariablesSection } from "./variables-section";

interface Section {
  path: string;
  title: string;
  icon: ReactNode;
  content: ReactNode;
  /** For admins and owners alone. */
  admin?: boolean;
}

const sections: readonly Section[] = [
  {
    path: "account",
    title: "Account",
    icon: <UserRound aria-hidden />,
    content: <AccountSection />,
  },
  {
    path: "appearance",
    title: "Appearance",
    icon: <Palette aria-hidden />,
    content: <AppearanceSection />,
  },
  {
    path: "pages",
    title: "Forms and chats",
    icon: <PanelTop aria-hidden />,
    content: <PagesSection />,
  },
  {
    path: "sessions",
    title: "Sessions",
    icon: <MonitorSmartphone aria-hidden />,
    content: <SessionsSection />,
  },
  {
    path: "notifications",
    title: "Notifications",
    icon: <Bell aria-hidden />,
    content: <NotificationsSection />,
  },
  {
    path: "variables",
    title: "Variables",
    icon: <Variable aria-hidden />,
    content: <VariablesSection />,
  },
  {
    path: "apps",
    title: "Apps",
    icon: <AppWindow aria-hidden />,
    content: <AppsSection />,
    admin: true,
  },
  {
    path: "failures",
    title: "Failures",
    icon: <Siren aria-hidden />,
    content: <FailuresSection />,
  },
  { path: "members", title: "Members", icon: <Users aria-hidden />, content: <MembersSection /> },
  {
    path: "keys",
    title: "API keys",
    icon: <KeyRound aria-hidden />,
    content: <KeysSection />,
    admin: true,
  },
  {
    path: "audit",
    title: "Audit trail",
    icon: <ScrollText aria-hidden />,
    content: <AuditSection />,
    admin: true,
  },
];

/** On a phone the sections stand in a row that is wider than the screen. */
function intoView(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: "nearest", inline: "center" });
}

export function SettingsPage() {
  const { section: path = "account" } = useParams();
  const mayAdmin = useMay("admin");
  const shown = sections.filter((section) => mayAdmin || !section.admin);
  const section = shown.find((candidate) => candidate.path === path);
  useTitle(section ? `${section.title}, settings` : "Settings");
  return (
    <>
      <PageTop title="Settings" />
      <div className={styles.split}>
        <nav className={styles.nav} aria-label="Settings">
          {shown.map((candidate) => (
            <Link
              key={candidate.path}
              to={`/settings/${candidate.path}`}
              className={styles.link}
              aria-current={candidate.path === path ? "page" : undefined}
              ref={candidate.path === path ? intoView : undefined}
            >
              {candidate.icon} {candidate.title}
            </Link>
          ))}
        </nav>
        <main className={styles.body}>
          <div className={styles.column}>
            {section ? (
              <>
                <h2 className={styles.title}>{section.title}</h2>
                {section.content}
              </>
            ) : (
              <EmptyState title="This part of the settings isn't for you">
                It doesn't exist, or it takes the role admin. Ask an owner of this workspace.
              </EmptyState>
            )}
          </div>
        </main>
      </div>
    </>
  );
}
