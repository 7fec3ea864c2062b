import { useMutation } from "@tanstack/react-query";
import { CircleCheck, Lock } from "lucide-react";
import { useState } from "react";
import { fieldErrors } from "@/shared/api/problem";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { PasswordInput } from "@/shared/ui/password-input";
import { Problem } from "@/shared/ui/problem";
import { setUpOwner } from "./api";
import styles from "./sign-in-page.module.css";

const SHORTEST_PASSWORD = 10;

interface OwnerFormProps {
  tokenNeeded: boolean;
  onDone: () => Promise<void>;
}

export function OwnerForm({ tokenNeeded, onDone }: OwnerFormProps) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [token, setToken] = useState("");
  const setup = useMutation({ mutationFn: setUpOwner, onSuccess: onDone });
  const errors = fieldErrors(setup.error);

  return (
    <>
      <header>
        <h1 className={styles.title}>Set up Nodeloom</h1>
        <p className={styles.lead}>You will own this installation. Others can be added later.</p>
      </header>
      {setup.isError && Object.keys(errors).length === 0 ? <Problem error={setup.error} /> : null}
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault();
          setup.mutate({
            name,
            email,
            password,
            ...(tokenNeeded ? { setup_token: token.trim() } : {}),
          });
        }}
      >
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
        <Field label="E-mail" error={errors.email}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field
          label="Password"
          error={errors.password}
          hint={<PasswordHint length={password.length} />}
        >
          <PasswordInput
            name="password"
            autoComplete="new-password"
            required
            minLength={SHORTEST_PASSWORD}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {tokenNeeded ? (
          <Field
            label="Set-up token"
            aside="printed where Nodeloom was started"
            error={errors.setup_token}
          >
            <Input
              name="setup_token"
              code
              required
              autoComplete="off"
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          </Field>
        ) : null}
        <Button type="submit" variant="primary" size="large" busy={setup.isPending}>
          Make the owner account
        </Button>
      </form>
      <p className={styles.foot}>
        <Lock aria-hidden /> Everything stays on this machine. Nothing is sent to anyone until you
        connect it.
      </p>
    </>
  );
}

function PasswordHint({ length }: { length: number }) {
  if (length < SHORTEST_PASSWORD) {
    return `At least ${SHORTEST_PASSWORD} characters. A sentence does well.`;
  }
  return (
    <span className={styles.good}>
      <CircleCheck aria-hidden /> Long enough. No need for signs or capitals.
    </span>
  );
}
