import { useQuery } from "@tanstack/react-query";
import { Hourglass, Radio } from "lucide-react";
import { Banner } from "@/shared/ui/banner";
import { RelativeTime } from "@/shared/ui/relative-time";
import { triggerStatesQuery } from "../api/trigger-states";
import { useSession } from "../run/session";

/** For a trigger of the live version: whether it listens, and what keeps it from it. */
export function TriggerState({ nodeId }: { nodeId: string }) {
  const { workflowId } = useSession();
  const { data } = useQuery(triggerStatesQuery(workflowId));
  const state = data?.items.find((trigger) => trigger.node_id === nodeId && !trigger.awaited);
  if (state === undefined) return null;
  const { status, detail, hint, asked_at, last_event_at } = state;
  if (status === "broken" || status === "paused") {
    return (
      <Banner
        tone={status === "broken" ? "failed" : "waiting"}
        title={status === "broken" ? "It does not listen." : "It is paused."}
      >
        {`${detail} ${hint}`.trim()}
      </Banner>
    );
  }
  if (status === "starting") {
    return <Banner icon={<Hourglass aria-hidden />}>It begins to listen…</Banner>;
  }
  return (
    <Banner tone="success" icon={<Radio aria-hidden />} title="Live.">
      {asked_at ? (
        <>
          Asked <RelativeTime at={asked_at} />.{" "}
        </>
      ) : null}
      {last_event_at ? (
        <>
          Started by something <RelativeTime at={last_event_at} />.
        </>
      ) : (
        "Nothing has come in yet."
      )}
    </Banner>
  );
}
