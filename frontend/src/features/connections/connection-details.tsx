import type { Connection } from "@/shared/api/types";
import { spokenScope } from "@/shared/connections/ways";
import { cx } from "@/shared/lib/cx";
import { exactTime } from "@/shared/lib/format";
import styles from "./connection-row.module.css";
import { usableBy } from "./share-words";
import { UsedBy } from "./used-by";

/** Who uses it, whose it is, and what it was granted. */
export function ConnectionDetails({ id, connection }: { id: string; connection: Connection }) {
  const { account, scopes, missing_scopes, owner, usable_by, expires_at } = connection;
  return (
    <div id={id} className={styles.details}>
      <section>
        <h3>Used by</h3>
        <UsedBy connectionId={connection.id} none="No workflow uses it yet." />
      </section>
      <section>
        <h3>Whose it is</h3>
        <p>
          {account ? `The account ${account.name}, connected` : "Connected"} by {owner.name}.{" "}
          {usableBy(usable_by)}
        </p>
        {expires_at ? <p>Ends {exactTime(expires_at)} unless it is connected again.</p> : null}
      </section>
      {scopes && scopes.length > 0 ? (
        <section>
          <h3>Granted</h3>
          <Scopes scopes={scopes} />
        </section>
      ) : null}
      {missing_scopes.length > 0 ? (
        <section>
          <h3>Asked for, and not granted</h3>
          <Scopes scopes={missing_scopes} missing />
        </section>
      ) : null}
    </div>
  );
}

function Scopes({ scopes, missing = false }: { scopes: readonly string[]; missing?: boolean }) {
  return (
    <p className={cx(styles.scopes, missing && styles.missing)}>
      {scopes.map((scope) => (
        <code key={scope} title={scope}>
          {spokenScope(scope)}
        </code>
      ))}
    </p>
  );
}
