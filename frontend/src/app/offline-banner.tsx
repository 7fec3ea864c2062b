import { useQueryClient } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect } from "react";
import { probe, useReachability } from "@/shared/lib/reachability";
import styles from "./offline-banner.module.css";

const ASK_AGAIN_MS = 3_000;

/** Stands while the server gives no answer, and renews the page when it is back. */
export function OfflineBanner() {
  const reachable = useReachability((state) => state.reachable);
  const client = useQueryClient();

  useEffect(() => {
    // Asked rather than believed: a server on this machine needs no network, and an answer that is still being
    // read must not have the last word.
    const lost = () => void probe();
    addEventListener("offline", lost);
    return () => removeEventListener("offline", lost);
  }, []);

  useEffect(() => {
    if (reachable) return;
    const timer = setInterval(async () => {
      if (await probe()) void client.invalidateQueries();
    }, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [reachable, client]);

  if (reachable) return null;
  return (
    <div className={styles.banner} role="status">
      <WifiOff aria-hidden />
      <span>
        <strong>Nodeloom can't be reached.</strong> What you see may be out of date. It is tried
        again every few seconds; the page renews itself when it is back.
      </span>
    </div>
  );
}
