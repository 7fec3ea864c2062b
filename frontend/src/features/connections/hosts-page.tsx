import { useQuery } from "@tanstack/react-query";
import { HeartPulse, Server } from "lucide-react";
import { type Breaker, breakersQuery } from "@/shared/api/apis";
import { plural } from "@/shared/lib/format";
import { useTitle } from "@/shared/lib/use-title";
import { Banner } from "@/shared/ui/banner";
import { Chip } from "@/shared/ui/chip";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageBody, PageTop, Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import styles from "./apis-page.module.css";
import { ConnectionsNav } from "./connections-nav";

const states = {
  closed: { tone: "neutral", words: "Called as usual" },
  open: { tone: "danger", words: "Left in peace" },
  half_open: { tone: "warning", words: "One call may try" },
} as const;

/** The breakers: hosts that failed lately, and whether they are called. */
export function HostsPage() {
  useTitle("Hosts");
  const breakers = useQuery(breakersQuery);
  const items = breakers.data?.items ?? [];
  return (
    <>
      <PageTop title="Connections" chips={<ConnectionsNav />} />
      <PageBody>
        {breakers.isPending ? (
          <Sheet>
            <SkeletonRows rows={2} height={57} />
          </Sheet>
        ) : null}
        {breakers.isError ? (
          <Problem error={breakers.error} onRetry={() => void breakers.refetch()} />
        ) : null}
        {breakers.data?.known === false ? (
          <Banner tone="waiting">
            Redis can't be reached, so failures of hosts are not counted: every call goes out.
          </Banner>
        ) : null}
        {breakers.data?.known && items.length === 0 ? (
          <EmptyState icon={<HeartPulse aria-hidden />} title="Every host answers">
            A host that fails five times within a minute, in at least half of the calls, is left in
            peace for a while. Runs that need it wait; then one call tries. Such hosts are listed
            here.
          </EmptyState>
        ) : null}
        {items.length > 0 ? (
          <Sheet>
            <ul>
              {items.map((each) => (
                <HostRow key={each.host} known={each} />
              ))}
            </ul>
          </Sheet>
        ) : null}
      </PageBody>
    </>
  );
}

function HostRow({ known }: { known: Breaker }) {
  const state = states[known.state];
  const again = Math.ceil(known.tries_again_in_s);
  return (
    <li className={styles.row}>
      <Server aria-hidden className={styles.mark} />
      <span className={styles.words}>
        <span className={styles.title}>{known.host}</span>
        <span className={styles.about}>
          {known.failed} of {plural(known.calls, "call")} failed in the last minute
          {known.state === "open" ? `; tried again in ${again} s` : ""}
        </span>
      </span>
      <Chip tone={state.tone}>{state.words}</Chip>
    </li>
  );
}
