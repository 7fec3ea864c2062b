import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Link, Outlet, useParams } from "react-router";
import { outcomesQuery } from "@/shared/api/runs";
import { cx } from "@/shared/lib/cx";
import { plural } from "@/shared/lib/format";
import { useTitle } from "@/shared/lib/use-title";
import { useLive } from "@/shared/live/use-live";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageTop } from "@/shared/ui/page";
import { StatusChip } from "@/shared/ui/status";
import { RunList } from "./run-list";
import styles from "./runs-page.module.css";

/** The list on the left, the chosen run on the right; one of the two on a phone. */
export function RunsPage() {
  const { id } = useParams();
  useTitle("Runs");
  useLive(["runs"]);
  return (
    <>
      <div className={cx(id && styles.notOnPhone)}>
        <PageTop title="Runs" chips={<UnsettledChip />} />
      </div>
      <div className={styles.split} data-chosen={Boolean(id)}>
        <aside className={styles.list} aria-label="Runs">
          <RunList chosen={id} />
        </aside>
        <section className={styles.run} aria-label="The chosen run">
          {id ? (
            <Outlet key={id} />
          ) : (
            <EmptyState icon={<History aria-hidden />} title="Choose a run">
              Its time line and each node's data show here.
            </EmptyState>
          )}
        </section>
      </div>
    </>
  );
}

function UnsettledChip() {
  const { data } = useQuery(outcomesQuery);
  const first = data?.items[0];
  if (!data || !first) return null;
  return (
    <Link to={`/runs/${first.run_id}`}>
      <StatusChip status="unknown" word={`${plural(data.items.length, "outcome")} to settle`} />
    </Link>
  );
}
