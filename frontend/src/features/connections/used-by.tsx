import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { connectionUsesQuery } from "@/shared/api/connections";
import { Chip } from "@/shared/ui/chip";
import { Problem } from "@/shared/ui/problem";
import { Skeleton } from "@/shared/ui/skeleton";
import styles from "./connection-row.module.css";

export function useUses(connectionId: string) {
  return useQuery({ ...connectionUsesQuery(connectionId), staleTime: 0 });
}

/** The workflows that use a connection, to go to. */
export function UsedBy({ connectionId, none }: { connectionId: string; none?: string }) {
  const uses = useUses(connectionId);
  if (uses.isPending) return <Skeleton height={20} />;
  if (uses.isError) return <Problem error={uses.error} onRetry={() => void uses.refetch()} />;
  if (uses.data.items.length === 0) return none ? <p>{none}</p> : null;
  return (
    <ul className={styles.uses}>
      {uses.data.items.map((use) => (
        <li key={use.workflow_id}>
          <Link to={`/workflows/${use.workflow_id}`}>{use.name}</Link>
          {use.published ? <Chip tone="success">Live</Chip> : null}
        </li>
      ))}
    </ul>
  );
}
