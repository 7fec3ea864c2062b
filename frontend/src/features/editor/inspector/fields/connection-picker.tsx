import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import { connectionsQuery } from "@/shared/api/connections";
import { ConnectDialog } from "@/shared/connections/connect-dialog";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { ConnectionState } from "./connection-state";

interface ConnectionPickerProps {
  /** Only connections of this connector fit. */
  connector: string;
  /** What the node needs its connection to have been granted. */
  scopes?: readonly string[];
  value: string | null;
  onChange: (connectionId: string) => void;
  error?: string | undefined;
}

export function ConnectionPicker({
  connector: name,
  scopes = [],
  value,
  onChange,
  error,
}: ConnectionPickerProps) {
  const { locked } = useForm();
  const [creating, setCreating] = useState(false);
  const { data } = useQuery(connectionsQuery);
  const connectors = useQuery(connectorsQuery);
  const connector = connectors.data?.items.find((candidate) => candidate.name === name);
  const fitting = data?.items.filter((connection) => connection.connector === name) ?? [];
  const label =
    connector?.kind === "secret"
      ? "New connection"
      : fitting.length > 0
        ? "Connect another"
        : `Connect ${connector?.title ?? name}…`;
  const chosen = fitting.find((connection) => connection.id === value);
  return (
    <>
      <Field label="Connection" error={error} required>
        <div className={styles.picker}>
          {fitting.length > 0 ? (
            <Select
              value={chosen?.id}
              onChange={onChange}
              options={fitting.map(({ id, name: title, account, health }) => ({
                value: id,
                label: title,
                hint: health === "broken" ? "Refused" : account?.name,
              }))}
              placeholder="Choose a connection…"
              disabled={locked}
            />
          ) : null}
          {locked ? null : (
            <Button
              variant={fitting.length > 0 ? "default" : "primary"}
              icon={<Plus aria-hidden />}
              disabled={connector === undefined}
              onClick={() => setCreating(true)}
            >
              {label}
            </Button>
          )}
        </div>
      </Field>
      {chosen && connector ? (
        <ConnectionState
          connection={chosen}
          connector={connector}
          scopes={scopes}
          locked={locked}
        />
      ) : null}
      {creating && connector ? (
        <ConnectDialog
          connector={connector}
          scopes={scopes}
          onClose={() => setCreating(false)}
          onConnected={(id) => {
            setCreating(false);
            onChange(id);
          }}
        />
      ) : null}
    </>
  );
}
