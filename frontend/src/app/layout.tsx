import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { meQuery } from "@/shared/api/session";
import { useLive, useLiveCache } from "@/shared/live/use-live";
import { Problem } from "@/shared/ui/problem";
import errorStyles from "./error-page.module.css";
import styles from "./layout.module.css";
import { OfflineBanner } from "./offline-banner";
import { Rail } from "./rail";

/** The frame of every page behind the sign-in: rail (tab bar on a phone), banner, page. */
export function Layout() {
  const me = useQuery(meQuery);
  const { pathname, search } = useLocation();
  useLiveCache();
  useLive(me.data ? ["notifications"] : []);

  if (me.isPending) return <div className={styles.app} />;
  if (me.data === undefined) {
    return (
      <main className={errorStyles.page}>
        <Problem error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  }
  if (me.data === null) {
    const next = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={`/sign-in${next}`} replace />;
  }
  return (
    <div className={styles.app}>
      <a className={styles.skip} href="#page">
        Skip to the page
      </a>
      <Rail me={me.data} />
      <div className={styles.column}>
        <OfflineBanner />
        <div className={styles.page} id="page" tabIndex={-1}>
          <Suspense>
            <Outlet />
          </Suspense>
        </div>
      </div>
    </div>
  );
}
