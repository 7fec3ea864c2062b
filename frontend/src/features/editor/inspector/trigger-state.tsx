import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Hourglass, Radio } from "lucide-react";
import { Banner } from "@/shared/ui/banner";
import { Button } from "@/shared/ui/button";
import { RelativeTime } from "@/shared/ui/relative-time";
import { toastProblem } from "@/shared/ui/toast";
import { retryTrigger, triggerStatesQuery } from "../api/trigger-states";
import { useSession } from "../run/session";

/** For a trigger of the live version, or what a node waits for: whether it listens, and what keeps it from it. */
export function TriggerState({ nodeId }: { nodeId: string }) {
  const { workflowId, editing } = useSession();
  const { data } = useQuery(triggerStatesQuery(workflowId));
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryTrigger(workflowId, nodeId),
    onSuccess: () =>
      client.invalidateQueries({ queryKey: triggerStatesQuery(workflowId).queryKey }),
    onError: toastProblem,
  });
  const state = data?.items.find((trigger) => trigger.node_id === nodeId);
  if (state === undefined) return null;
  const { status, detail, hint, asked_at, last_event_at } = state;
  if (status === "broken" || status === "paused") {
    return (
      <Banner
        tone={status === "broken" ? "failed" : "waiting"}
        title={status === "broken" ? "It does not listen." : "It is paused."}
        actions={
          editing ? (
            <Button size="small" busy={retry.isPending} onClick={() => retry.mutate()}>
              Try again
            </Button>
          ) : null
        }
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
          {state.awaited ? "Something came in" : "Started by something"}{" "}
          <RelativeTime at={last_event_at} />.
        </>
      ) : (
        "Nothing has come in yet."
      )}
    </Banner>
  );
}
