import { ChevronDown, Ellipsis, FlaskConical, Pencil, Replace, Unplug, Users } from "lucide-react";
import { useId, useState } from "react";
import type { Connection, Connector } from "@/shared/api/types";
import { EditConnectionDialog } from "@/shared/connections/edit-connection-dialog";
import { HealthChip } from "@/shared/connections/health-chip";
import { Reconnect } from "@/shared/connections/reconnect";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/shared/ui/menu";
import { NodeMark } from "@/shared/ui/node-mark";
import { RelativeTime } from "@/shared/ui/relative-time";
import { ConnectionDetails } from "./connection-details";
import styles from "./connection-row.module.css";
import { DisconnectDialog } from "./disconnect-dialog";
import { ReplaceDialog } from "./replace-dialog";
import { ShareDialog } from "./share-dialog";
import { useTest } from "./use-connections";

type Asking = "edit" | "share" | "replace" | "disconnect";

interface ConnectionRowProps {
  connection: Connection;
  connector: Connector | undefined;
  mayEdit: boolean;
}

export function ConnectionRow({ connection, connector, mayEdit }: ConnectionRowProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const [open, setOpen] = useState(false);
  const details = useId();
  const test = useTest(connection.id);
  const kind = connector?.title ?? connection.connector;
  const ends = connection.health === "broken" || connection.health === "expiring";
  return (
    <li className={styles.entry}>
      <div className={styles.row}>
        <NodeMark
          icon={connector?.icon ?? "plug"}
          group="data"
          color={connector?.color}
          title={kind}
        />
        <Words connection={connection} kind={kind} />
        <span className={styles.health}>
          <HealthChip connection={connection} />
        </span>
        <div className={styles.actions}>
          {mayEdit && ends && connector ? (
            <Reconnect connection={connection} connector={connector} />
          ) : null}
          {mayEdit && !ends ? (
            <Button
              icon={<FlaskConical aria-hidden />}
              busy={test.isPending}
              onClick={() => test.mutate()}
            >
              Test
            </Button>
          ) : null}
          <IconButton
            label={`Details of ${connection.name}`}
            icon={<ChevronDown className={styles.chevron} data-open={open} aria-hidden />}
            aria-expanded={open}
            aria-controls={open ? details : undefined}
            onClick={() => setOpen(!open)}
          />
          {mayEdit ? (
            <Menu
              trigger={
                <IconButton label={`More for ${connection.name}`} icon={<Ellipsis aria-hidden />} />
              }
            >
              {ends ? (
                <MenuItem icon={<FlaskConical aria-hidden />} onSelect={() => test.mutate()}>
                  Test
                </MenuItem>
              ) : null}
              <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setAsking("edit")}>
                Change
              </MenuItem>
              <MenuItem icon={<Users aria-hidden />} onSelect={() => setAsking("share")}>
                Share
              </MenuItem>
              <MenuItem icon={<Replace aria-hidden />} onSelect={() => setAsking("replace")}>
                Replace everywhere
              </MenuItem>
              <MenuSeparator />
              <MenuItem
                icon={<Unplug aria-hidden />}
                danger
                onSelect={() => setAsking("disconnect")}
              >
                Disconnect
              </MenuItem>
            </Menu>
          ) : null}
        </div>
      </div>
      {open ? <ConnectionDetails id={details} connection={connection} /> : null}
      {asking === null ? null : (
        <Asked
          asking={asking}
          connection={connection}
          connector={connector}
          onClose={() => setAsking(null)}
        />
      )}
    </li>
  );
}

function Words({ connection, kind }: { connection: Connection; kind: string }) {
  const { name, account, last_used_at, health, health_detail } = connection;
  return (
    <div className={styles.text}>
      <p className={styles.name}>{name}</p>
      <p className={styles.line}>
        {account ? `${kind} · ${account.name}` : kind}
        {" · "}
        {last_used_at ? (
          <>
            used <RelativeTime at={last_used_at} />
          </>
        ) : (
          "not used yet"
        )}
      </p>
      {health_detail ? (
        <p className={styles.reason} data-health={health}>
          {health_detail}
        </p>
      ) : null}
    </div>
  );
}

interface AskedProps {
  asking: Asking;
  connection: Connection;
  connector: Connector | undefined;
  onClose: () => void;
}

function Asked({ asking, connection, connector, onClose }: AskedProps) {
  switch (asking) {
    case "edit":
      return (
        <EditConnectionDialog connection={connection} connector={connector} onClose={onClose} />
      );
    case "share":
      return <ShareDialog connection={connection} onClose={onClose} />;
    case "replace":
      return <ReplaceDialog connection={connection} onClose={onClose} />;
    case "disconnect":
      return (
        <DisconnectDialog
          connection={connection}
          service={connector?.title ?? connection.connector}
          onClose={onClose}
        />
      );
  }
}
