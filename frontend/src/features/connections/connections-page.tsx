import { useQuery } from "@tanstack/react-query";
import { AppWindow, Plug, Plus } from "lucide-react";
import { useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import { connectionsQuery } from "@/shared/api/connections";
import { useMay } from "@/shared/api/roles";
import { useTitle } from "@/shared/lib/use-title";
import { Button, ButtonLink } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageBody, PageTop, Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { ConnectionRow } from "./connection-row";
import { ConnectionsNav } from "./connections-nav";
import styles from "./connections-page.module.css";
import { NewConnectionDialog } from "./new-connection-dialog";

export function ConnectionsPage() {
  useTitle("Connections");
  const mayEdit = useMay("editor");
  const mayAdmin = useMay("admin");
  const [adding, setAdding] = useState(false);
  const connections = useQuery(connectionsQuery);
  const connectors = useQuery(connectorsQuery);
  const byName = new Map(connectors.data?.items.map((connector) => [connector.name, connector]));
  const items = connections.data?.items ?? [];
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New connection
    </Button>
  );
  return (
    <>
      <PageTop
        title="Connections"
        chips={<ConnectionsNav />}
        actions={
          <>
            {mayAdmin ? (
              <ButtonLink to="/settings/apps" label="Apps" icon={<AppWindow aria-hidden />}>
                <span className={styles.word}>Apps</span>
              </ButtonLink>
            ) : null}
            {mayEdit && items.length > 0 ? add : null}
          </>
        }
      />
      <PageBody>
        {connections.isPending ? (
          <Sheet>
            <SkeletonRows rows={4} height={57} />
          </Sheet>
        ) : null}
        {connections.isError ? (
          <Problem error={connections.error} onRetry={() => void connections.refetch()} />
        ) : null}
        {connections.isSuccess && items.length === 0 ? (
          <EmptyState
            icon={<Plug aria-hidden />}
            title="No connections yet"
            action={mayEdit ? add : null}
          >
            A connection is an account at a service, or a secret, that workflows use. Connect one
            with a click on its own page, or paste a key: it is stored encrypted and never shown
            again.
          </EmptyState>
        ) : null}
        {items.length > 0 ? (
          <Sheet>
            <ul>
              {items.map((connection) => (
                <ConnectionRow
                  key={connection.id}
                  connection={connection}
                  connector={byName.get(connection.connector)}
                  mayEdit={mayEdit}
                />
              ))}
            </ul>
          </Sheet>
        ) : null}
      </PageBody>
      {adding ? <NewConnectionDialog onClose={() => setAdding(false)} /> : null}
    </>
  );
}
