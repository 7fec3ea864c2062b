import { Link, useRouteError } from "react-router";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { Problem } from "@/shared/ui/problem";
import styles from "./error-page.module.css";

export function ErrorPage() {
  const error = useRouteError();
  return (
    <main className={styles.page}>
      <Problem
        error={error}
        action={
          <Button size="small" onClick={() => location.reload()}>
            Load the page again
          </Button>
        }
      />
    </main>
  );
}

export function NotFoundPage() {
  return (
    <main className={styles.page}>
      <EmptyState
        title="There is no such page"
        action={<Link to="/workflows">Go to your workflows</Link>}
      >
        The address may be mistyped, or what was here has been deleted.
      </EmptyState>
    </main>
  );
}
