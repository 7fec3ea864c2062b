import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useId, useState } from "react";
import { connectionsQuery, createConnection } from "@/shared/api/connections";
import { fieldErrors } from "@/shared/api/problem";
import type { Connector } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import styles from "./connect-dialog.module.css";
import { ConsentWays } from "./consent-ways";
import { SecretForm } from "./secret-form";
import { isComplete, secretFields, secretOf } from "./secret-schema";
import { consentWays, type TypedWay, typedWay } from "./ways";

interface ConnectDialogProps {
  connector: Connector;
  /** What the node needs beyond what the connector asks for. */
  scopes?: readonly string[];
  onBack?: () => void;
  onClose: () => void;
  /** With a sentence on what came of it. */
  onConnected: (id: string, said: string) => void;
}

/** Every way to connect an account of one connector: the service's own page first, a typed secret after. */
export function ConnectDialog({
  connector,
  scopes = [],
  onBack,
  onClose,
  onConnected,
}: ConnectDialogProps) {
  const form = useId();
  const [name, setName] = useState(connector.title);
  const isSecret = connector.kind === "secret";
  const consents = consentWays(connector).length > 0;
  const typed = typedWay(connector);
  const [typing, setTyping] = useState(!consents);
  const told = (id: string, text?: string) => onConnected(id, text || `Connected “${name.trim()}”`);
  const secret = useSecret(connector, typed, told);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={isSecret ? `New connection: ${connector.title}` : `Connect ${connector.title}`}
      description={connector.description}
      footer={
        <>
          {onBack ? (
            <Button variant="quiet" icon={<ArrowLeft aria-hidden />} onClick={onBack}>
              Another kind
            </Button>
          ) : (
            <Button onClick={onClose}>Cancel</Button>
          )}
          {typing ? (
            <Button
              type="submit"
              form={form}
              variant="primary"
              busy={secret.create.isPending}
              disabled={name.trim() === "" || !secret.complete}
            >
              {isSecret ? "Save connection" : "Connect"}
            </Button>
          ) : null}
        </>
      }
    >
      <Field label="Name" hint="How workflows show it." error={secret.errors.name}>
        <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </Field>
      {consents ? (
        <ConsentWays
          connector={connector}
          name={name.trim() || connector.title}
          scopes={scopes}
          onConnected={told}
        />
      ) : null}
      {consents && typed ? (
        <p className={styles.or}>
          <button
            type="button"
            className={styles.other}
            aria-expanded={typing}
            onClick={() => setTyping(!typing)}
          >
            {typed.kind === "basic" ? "or give a name and a password" : "or paste a token"}
          </button>
        </p>
      ) : null}
      {typing ? (
        <form
          id={form}
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            secret.create.mutate(name.trim());
          }}
        >
          <SecretForm
            fields={secret.fields}
            typed={secret.typed}
            errors={secret.errors}
            onChange={secret.set}
          />
          {secret.create.isError ? <Problem error={secret.create.error} /> : null}
        </form>
      ) : null}
    </Dialog>
  );
}

/** What was typed into the form of a secret, and the call that stores it. */
function useSecret(connector: Connector, way: TypedWay | null, onCreated: (id: string) => void) {
  const client = useQueryClient();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const fields = secretFields(way?.schema ?? null);
  const create = useMutation({
    mutationFn: (name: string) =>
      createConnection({ connector: connector.name, name, secret: secretOf(fields, typed) }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      onCreated(id);
    },
  });
  return {
    fields,
    typed,
    set: (field: string, value: string) => setTyped({ ...typed, [field]: value }),
    create,
    errors: fieldErrors(create.error),
    complete: isComplete(fields, typed),
  };
}
