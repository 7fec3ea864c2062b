import type { Connection, Connector } from "@/shared/api/types";
import { Reconnect } from "@/shared/connections/reconnect";
import { missingScopes, spokenScope } from "@/shared/connections/ways";
import { dueTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";
import { Banner } from "@/shared/ui/banner";

interface ConnectionStateProps {
  connection: Connection;
  connector: Connector;
  /** What the node needs. */
  scopes: readonly string[];
  locked: boolean;
}

/** Why the node couldn't work with its connection, or soon can't, and the way out. Nothing while all is well. */
export function ConnectionState({ connection, connector, scopes, locked }: ConnectionStateProps) {
  const now = useNow(60_000);
  const missing = missingScopes(scopes, connection.scopes);
  const reconnect = (label: string) =>
    locked ? null : (
      <Reconnect
        size="small"
        connection={connection}
        connector={connector}
        scopes={missing}
        label={label}
      />
    );
  if (connection.health === "broken") {
    return (
      <Banner
        tone="failed"
        title={`${connector.title} refuses this connection.`}
        actions={reconnect("Reconnect")}
      >
        {connection.health_detail}
      </Banner>
    );
  }
  if (missing.length > 0) {
    return (
      <Banner
        tone="waiting"
        title="It needs more rights:"
        actions={reconnect("Reconnect with them")}
      >
        {missing.map(spokenScope).join(", ")}
      </Banner>
    );
  }
  if (connection.health === "expiring" && connection.expires_at) {
    return (
      <Banner
        tone="waiting"
        title={`It ends ${dueTime(connection.expires_at, now)}.`}
        actions={reconnect("Reconnect")}
      >
        {connection.health_detail}
      </Banner>
    );
  }
  return null;
}
