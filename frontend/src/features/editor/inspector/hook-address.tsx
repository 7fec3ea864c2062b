import { useMutation } from "@tanstack/react-query";
import { Copy, Radio } from "lucide-react";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { listen } from "../api/listen";
import type { FieldSchema } from "../model/fields";
import type { GraphNode } from "../model/graph";
import { hookAddress } from "../run/hook-addresses";
import { useSession } from "../run/session";
import { useSaver } from "../saving/saver";
import styles from "./inspector.module.css";

/** For a trigger with an address: what to call, as it is and as a line for the terminal, and a way to try it. */
export function HookAddress({ node, schema }: { node: GraphNode; schema: FieldSchema }) {
  const { workflowId, editing } = useSession();
  const saver = useSaver();
  const listening = useMutation({
    mutationFn: async () => {
      await saver.flush();
      return listen(workflowId, node.id);
    },
    onSuccess: () =>
      toast({
        title: "Listening for ten minutes",
        detail: "Requests to this address run the draft and show up here.",
      }),
    onError: toastProblem,
  });
  // The server knows its public address; until it has said so, this page's own is the best guess.
  const address = listening.data?.hooks[0]?.url ?? hookAddress(node, schema);
  if (address === null) return null;
  const method =
    typeof node.params.method === "string" && node.params.method !== "ANY"
      ? node.params.method
      : "POST";
  const body =
    method === "GET" || method === "HEAD"
      ? ""
      : ` -H 'Content-Type: application/json' -d '{"name": "Ada"}'`;
  return (
    <section className={styles.address} aria-label="Address">
      <b>Address</b>
      <Copyable text={address} name="address" />
      <Copyable text={`curl -X ${method} ${address}${body}`} name="curl line" />
      {editing ? (
        <Button
          size="small"
          icon={<Radio aria-hidden />}
          busy={listening.isPending}
          onClick={() => listening.mutate()}
        >
          Listen
        </Button>
      ) : null}
    </section>
  );
}

function Copyable({ text, name }: { text: string; name: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast({ title: `The ${name} is on the clipboard` });
  };
  return (
    <div className={styles.copyRow}>
      <code>{text}</code>
      <IconButton
        size="small"
        label={`Copy ${name}`}
        icon={<Copy aria-hidden />}
        onClick={() => void copy().catch(toastProblem)}
      />
    </div>
  );
}
