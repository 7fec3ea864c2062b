import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { PasswordInput } from "@/shared/ui/password-input";
import { Problem } from "@/shared/ui/problem";
import { signIn } from "./api";
import styles from "./sign-in-page.module.css";

export function SignInForm({ onDone }: { onDone: () => Promise<void> }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [forgotten, setForgotten] = useState(false);
  const attempt = useMutation({ mutationFn: signIn, onSuccess: onDone });

  return (
    <>
      <header>
        <h1 className={styles.title}>Sign in</h1>
        <p className={styles.lead}>to Nodeloom at {location.host}</p>
      </header>
      {attempt.isError ? <Problem error={attempt.error} /> : null}
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate({ email, password });
        }}
      >
        <Field label="E-mail">
          <Input
            type="email"
            name="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field
          label="Password"
          aside={
            <button type="button" className={styles.link} onClick={() => setForgotten(!forgotten)}>
              Forgotten?
            </button>
          }
          hint={
            forgotten ? (
              <>
                On the machine that runs Nodeloom, <code>nodeloom owner reset</code> gives the owner
                a new password. Other members ask the owner.
              </>
            ) : null
          }
        >
          <PasswordInput
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" size="large" busy={attempt.isPending}>
          Sign in
        </Button>
      </form>
      <p className={styles.foot}>No account? Ask the owner of this installation for one.</p>
    </>
  );
}
