import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import type { Connector } from "@/shared/api/types";
import { ConnectDialog } from "@/shared/connections/connect-dialog";
import { isConnectable } from "@/shared/connections/ways";
import { Dialog } from "@/shared/ui/dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { Input } from "@/shared/ui/input";
import { NodeMark } from "@/shared/ui/node-mark";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toast } from "@/shared/ui/toast";
import { findConnectors } from "./find-connectors";
import styles from "./new-connection-dialog.module.css";

/** First what is to be connected, then the ways that its connector knows. */
export function NewConnectionDialog({ onClose }: { onClose: () => void }) {
  const [connector, setConnector] = useState<Connector | null>(null);
  if (connector) {
    return (
      <ConnectDialog
        connector={connector}
        onBack={() => setConnector(null)}
        onClose={onClose}
        onConnected={(_, said) => {
          toast({ title: said });
          onClose();
        }}
      />
    );
  }
  return <KindStep onChoose={setConnector} onClose={onClose} />;
}

interface KindStepProps {
  onChoose: (connector: Connector) => void;
  onClose: () => void;
}

function KindStep({ onChoose, onClose }: KindStepProps) {
  const query = useQuery(connectorsQuery);
  const [typed, setTyped] = useState("");
  const kinds = query.data?.items.filter(isConnectable) ?? [];
  const found = findConnectors(kinds, typed);
  const groups = [
    { title: "Services", kinds: found.filter((connector) => connector.kind === "service") },
    {
      title: "Secrets for plain HTTP requests",
      kinds: found.filter((connector) => connector.kind === "secret"),
    },
  ].filter((group) => group.kinds.length > 0);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New connection"
      description="What do you want to connect?"
    >
      {query.isPending ? <SkeletonRows rows={4} height={56} /> : null}
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess ? (
        <Input
          lead={<Search aria-hidden />}
          placeholder="Search"
          aria-label="Search what to connect"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            const first = groups[0]?.kinds[0];
            if (event.key === "Enter" && typed !== "" && first?.available) onChoose(first);
          }}
        />
      ) : null}
      {query.isSuccess && groups.length === 0 ? (
        <EmptyState size="small" title="Nothing installed is called that">
          An API without a connector of its own works too: choose a secret, and call it with an HTTP
          request.
        </EmptyState>
      ) : null}
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h3 className={styles.group}>{group.title}</h3>
          <ul className={styles.kinds}>
            {group.kinds.map((connector) => (
              <Kind key={connector.name} connector={connector} onChoose={onChoose} />
            ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}

function Kind({
  connector,
  onChoose,
}: {
  connector: Connector;
  onChoose: (connector: Connector) => void;
}) {
  return (
    <li>
      <button
        type="button"
        className={styles.kind}
        disabled={!connector.available}
        onClick={() => onChoose(connector)}
      >
        <NodeMark
          icon={connector.icon}
          group="data"
          color={connector.color}
          title={connector.title}
        />
        <span>
          <span className={styles.title}>{connector.title}</span>
          <span className={styles.text}>{connector.problem ?? connector.description}</span>
        </span>
      </button>
    </li>
  );
}
