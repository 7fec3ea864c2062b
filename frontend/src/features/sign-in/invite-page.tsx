import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError, fieldErrors } from "@/shared/api/problem";
import { meQuery, signOut } from "@/shared/api/session";
import type { Me, OpenedInvite } from "@/shared/api/types";
import { exactTime } from "@/shared/lib/format";
import { useTitle } from "@/shared/lib/use-title";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Logo } from "@/shared/ui/logo";
import { PasswordInput } from "@/shared/ui/password-input";
import { Problem } from "@/shared/ui/problem";
import { Skeleton } from "@/shared/ui/skeleton";
import { acceptInvite, inviteQuery, joinByInvite } from "./api";
import { LoomPicture } from "./loom-picture";
import styles from "./sign-in-page.module.css";

/** What an invite leads to: an account for a new person, one button for who is signed in. */
export function InvitePage() {
  const { token = "" } = useParams();
  const invite = useQuery(inviteQuery(token));
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  useTitle("Invite");

  const enter = async () => {
    client.clear();
    await client.fetchQuery({ ...meQuery, staleTime: 0 });
    await navigate("/workflows", { replace: true });
  };
  const meant = invite.data?.email ?? null;
  const fits = me.data?.member && (meant === null || meant === me.data.member.email);
  return (
    <main className={styles.page}>
      <LoomPicture />
      <section className={styles.panel}>
        <div className={styles.form}>
          <span className={styles.logo}>
            <Logo size={32} />
          </span>
          {invite.isError ? (
            <Problem error={invite.error} />
          ) : invite.isPending || me.isPending ? (
            <Skeleton height={280} />
          ) : (
            <>
              <header>
                <h1 className={styles.title}>Join {invite.data.workspace}</h1>
                <p className={styles.lead}>
                  {invite.data.invited_by} invites you as {invite.data.role}. Good until{" "}
                  {exactTime(invite.data.expires_at)}.
                </p>
              </header>
              {me.data && fits ? (
                <JoinAs me={me.data} token={token} onDone={enter} />
              ) : (
                <AcceptForm invite={invite.data} token={token} onDone={enter} />
              )}
            </>
          )}
        </div>
      </section>
    </main>
  );
}

interface StepProps {
  token: string;
  onDone: () => Promise<void>;
}

function JoinAs({ me, token, onDone }: StepProps & { me: Me }) {
  const client = useQueryClient();
  const join = useMutation({ mutationFn: () => joinByInvite(token), onSuccess: onDone });
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => client.setQueryData(meQuery.queryKey, null),
  });
  return (
    <>
      {join.isError ? <Problem error={join.error} /> : null}
      {join.error instanceof ApiError && join.error.code === "already_member" ? (
        <Link to="/workflows">Open Nodeloom</Link>
      ) : null}
      <Button variant="primary" size="large" busy={join.isPending} onClick={() => join.mutate()}>
        Join as {me.member?.email}
      </Button>
      <Button busy={leave.isPending} onClick={() => leave.mutate()}>
        Sign out and join as somebody else
      </Button>
    </>
  );
}

function AcceptForm({ invite, token, onDone }: StepProps & { invite: OpenedInvite }) {
  const [known, setKnown] = useState(invite.has_account);
  const [name, setName] = useState("");
  const [email, setEmail] = useState(invite.email ?? "");
  const [password, setPassword] = useState("");
  const accept = useMutation({
    mutationFn: () =>
      acceptInvite(token, {
        password,
        ...(known ? {} : { name }),
        ...(invite.email ? {} : { email }),
      }),
    onSuccess: onDone,
  });
  const errors = fieldErrors(accept.error);
  return (
    <>
      {accept.isError && Object.keys(errors).length === 0 ? <Problem error={accept.error} /> : null}
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault();
          accept.mutate();
        }}
      >
        {known ? null : (
          <Field label="Your name" error={errors.name}>
            <Input
              name="name"
              autoComplete="name"
              required
              autoFocus
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        )}
        <Field label="E-mail" error={errors.email}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            required
            readOnly={invite.email !== null}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field
          label={known ? "Password" : "Choose a password"}
          error={errors.password}
          hint={
            known ? "That of your account here." : "At least 10 characters. A sentence does well."
          }
        >
          <PasswordInput
            name="password"
            autoComplete={known ? "current-password" : "new-password"}
            required
            minLength={known ? 1 : 10}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" size="large" busy={accept.isPending}>
          {known ? "Sign in and join" : "Make the account and join"}
        </Button>
      </form>
      {invite.email === null ? (
        <p className={styles.foot}>
          <button type="button" className={styles.link} onClick={() => setKnown(!known)}>
            {known ? "I have no account yet" : "I have an account here"}
          </button>
        </p>
      ) : null}
    </>
  );
}
