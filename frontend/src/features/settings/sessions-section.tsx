import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { RelativeTime } from "@/shared/ui/relative-time";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toast, toastProblem } from "@/shared/ui/toast";
import { endOtherSessions, endSession, sessionsQuery } from "./api";
import { deviceName } from "./device-name";
import styles from "./parts.module.css";

export function SessionsSection() {
  const client = useQueryClient();
  const query = useQuery(sessionsQuery);
  const refetch = () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const endOne = useMutation({ mutationFn: endSession, onSuccess: refetch, onError: toastProblem });
  const endOthers = useMutation({
    mutationFn: endOtherSessions,
    onSuccess: () => {
      toast({ title: "Signed out everywhere else" });
      return refetch();
    },
    onError: toastProblem,
  });
  const sessions = query.data?.items ?? [];
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.text}>Where you are signed in.</p>
        <Button
          disabled={sessions.length < 2}
          busy={endOthers.isPending}
          onClick={() => endOthers.mutate()}
        >
          Sign out everywhere else
        </Button>
      </div>
      {query.isError ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Sheet>
          {query.isPending ? <SkeletonRows rows={2} height={60} /> : null}
          <ul>
            {sessions.map((session) => (
              <li key={session.id} className={styles.row}>
                <div className={styles.main}>
                  <p className={styles.name} title={session.user_agent}>
                    {deviceName(session.user_agent)}
                  </p>
                  <p className={styles.line}>
                    {session.address} · last seen <RelativeTime at={session.last_seen_at} />
                  </p>
                </div>
                {session.current ? (
                  <Chip tone="accent">This one</Chip>
                ) : (
                  <Button
                    busy={endOne.isPending && endOne.variables === session.id}
                    onClick={() => endOne.mutate(session.id)}
                  >
                    Sign out
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Sheet>
      )}
    </>
  );
}
