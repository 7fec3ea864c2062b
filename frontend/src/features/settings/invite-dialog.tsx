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
import { createInvite, invitesQuery } from "./api";
import styles from "./parts.module.css";

const DAY_S = 86_400;

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const [days, setDays] = useState("7");
  const create = useMutation({
    mutationFn: createInvite,
    onSuccess: () => client.invalidateQueries({ queryKey: invitesQuery.queryKey }),
  });
  const errors = fieldErrors(create.error);
  const own = me?.member?.role ?? "viewer";

  if (create.data) {
    return (
      <ShownOnce
        url={create.data.url}
        mailedTo={create.data.mailed ? email : ""}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Invite somebody"
      description="You get a link that lets one person in, once."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invite" variant="primary" busy={create.isPending}>
            Make the link
          </Button>
        </>
      }
    >
      <form
        id="invite"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({
            role,
            email: email.trim() || null,
            expires_in: Number(days) * DAY_S,
          });
        }}
      >
        <Field
          label="E-mail"
          aside="optional"
          hint="With it the link is for that person alone, and mailed to them if mail is set up."
          error={errors.email}
        >
          <Input
            type="email"
            value={email}
            maxLength={254}
            onChange={(event) => setEmail(event.target.value)}
          />
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
        <Field label="Good for" error={errors.expires_in}>
          <Select
            value={days}
            onChange={setDays}
            options={[
              { value: "1", label: "A day" },
              { value: "7", label: "7 days" },
              { value: "30", label: "30 days" },
            ]}
          />
        </Field>
      </form>
      {create.isError && Object.keys(errors).length === 0 ? <Problem error={create.error} /> : null}
    </Dialog>
  );
}

interface ShownOnceProps {
  url: string;
  mailedTo: string;
  onClose: () => void;
}

function ShownOnce({ url, mailedTo, onClose }: ShownOnceProps) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="The invite"
      description={
        mailedTo
          ? `It is on its way to ${mailedTo}. The link is shown only now: it is stored hashed.`
          : "Send this link to whom you invite. It is shown only now: it is stored hashed."
      }
      footer={
        <>
          <Button
            icon={<Copy aria-hidden />}
            onClick={() => {
              void navigator.clipboard.writeText(url);
              toast({ title: "Link copied" });
            }}
          >
            Copy
          </Button>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <code className={styles.key}>{url}</code>
    </Dialog>
  );
}
