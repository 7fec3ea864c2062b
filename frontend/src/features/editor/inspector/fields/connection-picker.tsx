import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { connectionsQuery } from "@/shared/api/connections";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { NewConnection } from "../new-connection";

interface ConnectionPickerProps {
  /** Only connections of this connector fit. */
  connector: string;
  value: string | null;
  onChange: (connectionId: string) => void;
  error?: string | undefined;
}

export function ConnectionPicker({ connector, value, onChange, error }: ConnectionPickerProps) {
  const { locked } = useForm();
  const [creating, setCreating] = useState(false);
  const { data } = useQuery(connectionsQuery);
  const fitting = data?.items.filter((connection) => connection.connector === connector) ?? [];
  return (
    <>
      <Field label="Connection" error={error} required>
        <div className={styles.picker}>
          {fitting.length > 0 ? (
            <Select
              value={value ?? undefined}
              onChange={onChange}
              options={fitting.map(({ id, name, health }) => ({
                value: id,
                label: name,
                ...(health === "broken" ? { hint: "Needs attention" } : {}),
              }))}
              placeholder="Choose a connection…"
              disabled={locked}
            />
          ) : null}
          {locked ? null : (
            <Button icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
              New connection
            </Button>
          )}
        </div>
      </Field>
      {creating ? (
        <NewConnection
          connector={connector}
          onClose={() => setCreating(false)}
          onCreated={(id) => {
            setCreating(false);
            onChange(id);
          }}
        />
      ) : null}
    </>
  );
}
