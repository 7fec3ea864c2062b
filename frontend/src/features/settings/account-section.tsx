import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fieldErrors } from "@/shared/api/problem";
import { meQuery } from "@/shared/api/session";
import { capitalized } from "@/shared/lib/capitalized";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Sheet } from "@/shared/ui/page";
import { PasswordInput } from "@/shared/ui/password-input";
import { Problem } from "@/shared/ui/problem";
import { toast } from "@/shared/ui/toast";
import { changePassword } from "./api";
import styles from "./parts.module.css";

export function AccountSection() {
  const { data: me } = useQuery(meQuery);
  const workspace = me?.workspaces.find((place) => place.id === me.member?.workspace_id);
  return (
    <>
      <Sheet>
        <div className={styles.card}>
          <dl className={styles.facts}>
            <dt>Name</dt>
            <dd>{me?.member?.name}</dd>
            <dt>E-mail</dt>
            <dd>{me?.member?.email}</dd>
            <dt>Workspace</dt>
            <dd>{workspace?.name}</dd>
            <dt>Role</dt>
            <dd>{capitalized(me?.member?.role ?? "")}</dd>
          </dl>
        </div>
      </Sheet>
      <PasswordForm />
    </>
  );
}

function PasswordForm() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setCurrent("");
      setNext("");
      toast({ title: "Password changed", detail: "Your other sessions have ended." });
    },
  });
  const errors = fieldErrors(change.error);
  return (
    <Sheet>
      <form
        className={styles.card}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ current_password: current, new_password: next });
        }}
      >
        <h3 className={styles.heading}>Password</h3>
        <Field label="Current password" error={errors.current_password}>
          <PasswordInput
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <Field
          label="New password"
          hint="At least 10 characters. A sentence does well. All your other sessions end."
          error={errors.new_password}
        >
          <PasswordInput
            autoComplete="new-password"
            required
            minLength={10}
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        </Field>
        {change.isError && Object.keys(errors).length === 0 ? (
          <Problem error={change.error} />
        ) : null}
        <Button
          type="submit"
          variant="primary"
          className={styles.submit}
          busy={change.isPending}
          disabled={current === "" || next === ""}
        >
          Change the password
        </Button>
      </form>
    </Sheet>
  );
}
