import { useQuery } from "@tanstack/react-query";
import { workflowCountersQuery } from "@/shared/api/logs";
import { count, duration } from "@/shared/lib/format";
import { useSession } from "../run/session";
import styles from "./top-bar.module.css";

/** How the runs of the last day and week went, and how long they took. */
export function WorkflowCounters() {
  const { workflowId } = useSession();
  const { data } = useQuery(workflowCountersQuery(workflowId));
  if (data === undefined) return null;
  const periods = [
    { name: "24 h", ...data.day },
    { name: "7 days", ...data.week },
  ];
  return (
    <table className={styles.counters}>
      <thead>
        <tr>
          <td />
          <th scope="col">Succeeded</th>
          <th scope="col">Failed</th>
          <th scope="col">Half within</th>
          <th scope="col">95 % within</th>
        </tr>
      </thead>
      <tbody>
        {periods.map(({ name, succeeded, failed, p50_ms, p95_ms }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{count(succeeded)}</td>
            <td data-failed={failed > 0 || undefined}>{count(failed)}</td>
            <td>{p50_ms === null ? "–" : duration(p50_ms)}</td>
            <td>{p95_ms === null ? "–" : duration(p95_ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
