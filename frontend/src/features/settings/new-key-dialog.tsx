import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useState } from "react";
import { fieldErrors } from "@/shared/api/problem";
import { atLeast, ROLES } from "@/shared/api/roles";
import { meQuery } from "@/shared/api/session";
import type { Role } from "@/shared/api/types";
import { capitalized } from "@/shared/lib/capitalized";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { createKey, keysQuery } from "./api";
import styles from "./parts.module.css";

const DAY_MS = 86_400_000;

export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("runner");
  const [days, setDays] = useState("90");
  const create = useMutation({
    mutationFn: createKey,
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  const errors = fieldErrors(create.error);
  const own = me?.member?.role ?? "viewer";

  if (create.data) return <ShownOnce apiKey={create.data.key} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New API key"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="new-key"
            variant="primary"
            busy={create.isPending}
            disabled={name.trim() === ""}
          >
            Make the key
          </Button>
        </>
      }
    >
      <form
        id="new-key"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const expires = days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null;
          create.mutate({ name: name.trim(), role, expires_at: expires });
        }}
      >
        <Field label="Name" hint="What it is for." error={errors.name}>
          <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Role" error={errors.role}>
          <Select
            value={role}
            onChange={setRole}
            options={ROLES.filter((one) => atLeast(own, one)).map((one) => ({
              value: one,
              label: capitalized(one),
            }))}
          />
        </Field>
        <Field label="Ends" error={errors.expires_at}>
          <Select
            value={days}
            onChange={setDays}
            options={[
              { value: "7", label: "In 7 days" },
              { value: "90", label: "In 90 days" },
              { value: "365", label: "In a year" },
              { value: "", label: "Never" },
            ]}
          />
        </Field>
      </form>
      {create.isError ? <Problem error={create.error} /> : null}
    </Dialog>
  );
}

function ShownOnce({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Your new key"
      description="Copy it now: it is stored hashed and can't be shown again."
      footer={
        <>
          <Button
            icon={<Copy aria-hidden />}
            onClick={() => {
              void navigator.clipboard.writeText(apiKey);
              toast({ title: "Key copied" });
            }}
          >
            Copy
          </Button>
          <Button variant="primary" onClick={onClose}>
            I have kept it
          </Button>
        </>
      }
    >
      <code className={styles.key}>{apiKey}</code>
    </Dialog>
  );
}
