import { NavLink } from "react-router";
import styles from "./connections-nav.module.css";

const places = [
  { to: "/connections", label: "Accounts" },
  { to: "/connections/apis", label: "APIs" },
  { to: "/connections/hosts", label: "Hosts" },
] as const;

/** What all belongs to the outside world. */
export function ConnectionsNav() {
  return (
    <nav className={styles.nav} aria-label="Connections">
      {places.map((place) => (
        <NavLink key={place.to} to={place.to} end className={styles.place ?? ""}>
          {place.label}
        </NavLink>
      ))}
    </nav>
  );
}
