import { Ellipsis, FlaskConical, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Connection, Connector } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/shared/ui/menu";
import { NodeMark } from "@/shared/ui/node-mark";
import { RelativeTime } from "@/shared/ui/relative-time";
import styles from "./connection-row.module.css";
import { DeleteConnectionDialog } from "./delete-connection-dialog";
import { EditConnectionDialog } from "./edit-connection-dialog";
import { HealthChip } from "./health-chip";
import { useTest } from "./use-connections";

interface ConnectionRowProps {
  connection: Connection;
  connector: Connector | undefined;
  mayEdit: boolean;
}

export function ConnectionRow({ connection, connector, mayEdit }: ConnectionRowProps) {
  const [asking, setAsking] = useState<"edit" | "delete" | null>(null);
  const test = useTest(connection.id);
  return (
    <li className={styles.row}>
      <NodeMark
        icon={connector?.icon ?? "plug"}
        group="data"
        color={connector?.color}
        title={connector?.title ?? connection.connector}
      />
      <div className={styles.text}>
        <p className={styles.name}>{connection.name}</p>
        <p className={styles.line}>
          {connector?.title ?? connection.connector}
          {connection.health_detail ? ` · ${connection.health_detail.replace(/\.$/, "")}` : ""}
          {" · "}
          {connection.last_used_at ? (
            <>
              used <RelativeTime at={connection.last_used_at} />
            </>
          ) : (
            "not used yet"
          )}
        </p>
      </div>
      <span className={styles.health}>
        <HealthChip health={connection.health} />
      </span>
      {mayEdit ? (
        <div className={styles.actions}>
          <Button
            icon={<FlaskConical aria-hidden />}
            busy={test.isPending}
            onClick={() => test.mutate()}
          >
            Test
          </Button>
          <Menu
            trigger={
              <IconButton label={`More for ${connection.name}`} icon={<Ellipsis aria-hidden />} />
            }
          >
            <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setAsking("edit")}>
              Change
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => setAsking("delete")}>
              Delete
            </MenuItem>
          </Menu>
        </div>
      ) : null}
      {asking === "edit" ? (
        <EditConnectionDialog
          connection={connection}
          connector={connector}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking === "delete" ? (
        <DeleteConnectionDialog connection={connection} onClose={() => setAsking(null)} />
      ) : null}
    </li>
  );
}
