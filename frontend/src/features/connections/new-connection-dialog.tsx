import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import { fieldErrors } from "@/shared/api/problem";
import type { Connector } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { NodeMark } from "@/shared/ui/node-mark";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toast } from "@/shared/ui/toast";
import styles from "./new-connection-dialog.module.css";
import { SecretForm } from "./secret-form";
import { isComplete, secretFields, secretOf } from "./secret-schema";
import { useCreate } from "./use-connections";

/** First the kind, then the form that its schema gives. */
export function NewConnectionDialog({ onClose }: { onClose: () => void }) {
  const [connector, setConnector] = useState<Connector | null>(null);
  if (connector) {
    return <SecretStep connector={connector} onBack={() => setConnector(null)} onClose={onClose} />;
  }
  return <KindStep onChoose={setConnector} onClose={onClose} />;
}

function KindStep({
  onChoose,
  onClose,
}: {
  onChoose: (connector: Connector) => void;
  onClose: () => void;
}) {
  const query = useQuery(connectorsQuery);
  const kinds = query.data?.items.filter((connector) => connector.secret_schema) ?? [];
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New connection"
      description="What do you want to connect?"
    >
      {query.isPending ? <SkeletonRows rows={4} height={56} /> : null}
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && kinds.length === 0 ? (
        <EmptyState size="small" title="No installed connector takes a secret." />
      ) : null}
      <ul className={styles.kinds}>
        {kinds.map((connector) => (
          <li key={connector.name}>
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
        ))}
      </ul>
    </Dialog>
  );
}

interface SecretStepProps {
  connector: Connector;
  onBack: () => void;
  onClose: () => void;
}

function SecretStep({ connector, onBack, onClose }: SecretStepProps) {
  const [name, setName] = useState(connector.title);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const create = useCreate();
  const fields = secretFields(connector.secret_schema);
  const errors = fieldErrors(create.error);
  const save = () =>
    create.mutate(
      { connector: connector.name, name: name.trim(), secret: secretOf(fields, typed) },
      {
        onSuccess: () => {
          toast({ title: `Connected “${name.trim()}”` });
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={connector.title}
      description={connector.description}
      footer={
        <>
          <Button variant="quiet" icon={<ArrowLeft aria-hidden />} onClick={onBack}>
            Another kind
          </Button>
          <Button
            type="submit"
            form="new-connection"
            variant="primary"
            busy={create.isPending}
            disabled={name.trim() === "" || !isComplete(fields, typed)}
          >
            Connect
          </Button>
        </>
      }
    >
      <form
        id="new-connection"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label="Name" hint="How workflows show it." error={errors.name}>
          <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
        </Field>
        <SecretForm
          fields={fields}
          typed={typed}
          errors={errors}
          onChange={(field, value) => setTyped({ ...typed, [field]: value })}
        />
      </form>
      {create.isError ? <Problem error={create.error} /> : null}
    </Dialog>
  );
}
