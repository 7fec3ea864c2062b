import type { Connection, Connector } from "@/shared/api/types";
import { Reconnect } from "@/shared/connections/reconnect";
import { missingScopes, spokenScope } from "@/shared/connections/ways";
import { dueTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";
import { Banner } from "@/shared/ui/banner";
import styles from "../inspector.module.css";

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
      <div className={styles.below}>
        <Reconnect
          size="small"
          connection={connection}
          connector={connector}
          scopes={missing}
          label={label}
        />
      </div>
    );
  if (connection.health === "broken") {
    return (
      <Banner tone="failed" title={`${connector.title} refuses this connection.`}>
        {connection.health_detail}
        {reconnect("Reconnect")}
      </Banner>
    );
  }
  if (missing.length > 0) {
    return (
      <Banner tone="waiting" title="This node needs more rights:">
        {missing.map(spokenScope).join(", ")}
        {reconnect("Reconnect with them")}
      </Banner>
    );
  }
  if (connection.health === "expiring" && connection.expires_at) {
    return (
      <Banner tone="waiting" title={`It ends ${dueTime(connection.expires_at, now)}.`}>
        {connection.health_detail}
        {reconnect("Reconnect")}
      </Banner>
    );
  }
  return null;
}
