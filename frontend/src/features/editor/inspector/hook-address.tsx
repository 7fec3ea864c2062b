import { ExternalLink, Radio } from "lucide-react";
import { Button } from "@/shared/ui/button";
import { Copyable } from "@/shared/ui/copyable";
import type { FieldSchema } from "../model/fields";
import type { GraphNode, JsonValue } from "../model/graph";
import { awaitedRequest, hookAddress } from "../run/hook-addresses";
import { useSession } from "../run/session";
import styles from "./inspector.module.css";
import { useListening } from "./use-listening";

/** For a trigger with an address: what to call, as it is and as a line for the terminal, and a way to try it. */
export function HookAddress({ node, schema }: { node: GraphNode; schema: FieldSchema }) {
  const { editing } = useSession();
  const page = schema["x-page"] !== undefined;
  const listening = useListening(
    node.id,
    page
      ? "What is sent from this page runs the draft and shows up here."
      : "Requests to this address run the draft and show up here.",
  );
  // The server knows its public address; until it has said so, this page's own is the best guess.
  const address = listening.data?.hooks[0]?.url ?? hookAddress(node, schema);
  if (address === null) return null;
  return (
    <section className={styles.address} aria-label="Address">
      <b>Address</b>
      <Copyable text={address} name="address" />
      {page ? (
        <Embedding node={node} address={address} />
      ) : (
        <Copyable text={curlLine(node.params.method, address)} name="curl line" />
      )}
      <div className={styles.row}>
        {page ? (
          <Button
            size="small"
            icon={<ExternalLink aria-hidden />}
            onClick={() => window.open(address, "_blank", "noopener")}
          >
            Open
          </Button>
        ) : null}
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
      </div>
      {page ? (
        <p className={styles.help}>
          The page is there once the workflow is published, and while you listen.
        </p>
      ) : null}
    </section>
  );
}

/** For a node that waits for a request: where that has to go. */
export function AwaitedAddress({ node }: { node: GraphNode }) {
  const awaited = awaitedRequest(node);
  if (awaited === null) return null;
  const address = `${window.location.origin}${awaited.path}`;
  return (
    <section className={styles.address} aria-label="Address">
      <b>Address</b>
      <Copyable text={address} name="address" />
      <Copyable text={curlLine(awaited.method, address)} name="curl line" />
      <p className={styles.help}>
        Live from publishing on. A request here that fits lets the runs that wait for it go on.
      </p>
    </section>
  );
}

function curlLine(wanted: JsonValue | undefined, address: string): string {
  const method = typeof wanted === "string" && wanted !== "ANY" ? wanted : "POST";
  const body =
    method === "GET" || method === "HEAD"
      ? ""
      : ` -H 'Content-Type: application/json' -d '{"name": "Ada"}'`;
  return `curl -X ${method} ${address}${body}`;
}

/** The line that shows the page on another site, once that site is named. */
function Embedding({ node, address }: { node: GraphNode; address: string }) {
  const title = typeof node.params.title === "string" ? node.params.title : node.title;
  const quoted = title.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const sites = node.params.embed_on;
  const named = Array.isArray(sites)
    ? sites.length > 0
    : typeof sites === "string" && sites.trim() !== "";
  return (
    <>
      <Copyable
        text={`<iframe src="${address}" title="${quoted}" style="width:100%;height:720px;border:0"></iframe>`}
        name="embed code"
      />
      {named ? null : (
        <p className={styles.help}>
          To embed it, name the site under “Sites that may embed it” (Add option).
        </p>
      )}
    </>
  );
}
