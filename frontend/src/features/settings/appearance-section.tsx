import { Monitor, Moon, Sun } from "lucide-react";
import { chooseTheme, useTheme } from "@/shared/lib/theme";
import { Sheet } from "@/shared/ui/page";
import { Segmented } from "@/shared/ui/segmented";
import styles from "./parts.module.css";

export function AppearanceSection() {
  const theme = useTheme((state) => state.theme);
  return (
    <Sheet>
      <div className={styles.card}>
        <p className={styles.text}>Kept in this browser.</p>
        <div>
          <Segmented
            label="Theme"
            value={theme}
            onChange={chooseTheme}
            options={[
              {
                value: "system",
                label: (
                  <>
                    <Monitor aria-hidden /> As the system
                  </>
                ),
              },
              {
                value: "light",
                label: (
                  <>
                    <Sun aria-hidden /> Light
                  </>
                ),
              },
              {
                value: "dark",
                label: (
                  <>
                    <Moon aria-hidden /> Dark
                  </>
                ),
              },
            ]}
          />
        </div>
      </div>
    </Sheet>
  );
}
