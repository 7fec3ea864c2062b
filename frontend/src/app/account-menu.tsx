import { useQueryClient } from "@tanstack/react-query";
import {
  ArrowLeftRight,
  LogOut,
  Monitor,
  Moon,
  Plug,
  Settings,
  Sun,
  Table2,
  UserRound,
} from "lucide-react";
import { useNavigate } from "react-router";
import { enterWorkspace, meQuery, signOut } from "@/shared/api/session";
import type { Me } from "@/shared/api/types";
import { initials } from "@/shared/lib/format";
import { chooseTheme } from "@/shared/lib/theme";
import { usePhone } from "@/shared/lib/use-media";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/shared/ui/menu";
import { toastProblem } from "@/shared/ui/toast";
import styles from "./rail.module.css";

export function AccountMenu({ me }: { me: Me }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const phone = usePhone();
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
      side={phone ? "top" : "right"}
      trigger={
        <button type="button" className={styles.account} aria-label={`Account of ${name}`}>
          <span className={styles.avatar}>{initials(name)}</span>
          <span className={styles.word}>More</span>
        </button>
      }
    >
      <MenuLabel>
        {name} · {me.member?.email}
      </MenuLabel>
      {phone ? <OtherPlaces /> : null}
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

function OtherPlaces() {
  const navigate = useNavigate();
  const places = [
    { to: "/tables", label: "Tables", icon: <Table2 aria-hidden /> },
    { to: "/connections", label: "Connections", icon: <Plug aria-hidden /> },
    { to: "/settings", label: "Settings", icon: <Settings aria-hidden /> },
  ];
  return (
    <>
      {places.map(({ to, label, icon }) => (
        <MenuItem key={to} icon={icon} onSelect={() => void navigate(to)}>
          {label}
        </MenuItem>
      ))}
      <MenuSeparator />
    </>
  );
}
