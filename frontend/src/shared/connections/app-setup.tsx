import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { checkPublicAddress, oauthAppsQuery, setOAuthApp } from "@/shared/api/oauth-apps";
import { fieldErrors } from "@/shared/api/problem";
import { useMay } from "@/shared/api/roles";
import type { OAuthApp } from "@/shared/api/types";
import { Banner } from "@/shared/ui/banner";
import { Button } from "@/shared/ui/button";
import { Copyable } from "@/shared/ui/copyable";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { PasswordInput } from "@/shared/ui/password-input";
import { Problem } from "@/shared/ui/problem";
import { toast } from "@/shared/ui/toast";
import styles from "./app-setup.module.css";
import { completeApp, spokenSecret } from "./app-words";

/** What is to be done at the service before anybody can connect, with what has to be copied there and back. */
export function AppSetup({ app, onSaved }: { app: OAuthApp; onSaved?: () => void }) {
  const mayAdmin = useMay("admin");
  return (
    <ol className={styles.steps} aria-label={`Set up ${app.title}`}>
      <Step title={`Register an app with ${app.title}`}>
        Make one on its pages for developers. It is yours: people see its name when they connect.
      </Step>
      <Step title="Give it this redirect address, exactly as it is">
        <Copyable text={app.redirect_url} name="redirect address" />
        {app.request_url ? null : <Reachability />}
      </Step>
      {app.request_url ? (
        <Step title="Give it this request address, where its events come in">
          <Copyable text={app.request_url} name="request address" />
          <Reachability />
        </Step>
      ) : null}
      <Step title="Bring back what it gave you">
        {mayAdmin ? (
          <AppForm app={app} onSaved={onSaved} />
        ) : (
          "It takes the role admin to fill this in. Send an admin of this workspace here: Settings, Apps."
        )}
      </Step>
    </ol>
  );
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li className={styles.step}>
      <b>{title}</b>
      <div className={styles.text}>{children}</div>
    </li>
  );
}

/** The service has to find this installation from the internet. */
function Reachability() {
  const check = useMutation({ mutationFn: checkPublicAddress });
  return (
    <>
      <Button
        size="small"
        icon={<Globe aria-hidden />}
        busy={check.isPending}
        onClick={() => check.mutate()}
      >
        Check that it can be reached
      </Button>
      {check.isSuccess ? (
        <Banner
          tone={check.data.reachable ? "success" : "failed"}
          title={check.data.reachable ? "It can be reached." : "It can't be reached."}
        >
          {check.data.detail}
        </Banner>
      ) : null}
      {check.isError ? <Problem error={check.error} /> : null}
    </>
  );
}

function AppForm({ app, onSaved }: { app: OAuthApp; onSaved: (() => void) | undefined }) {
  const client = useQueryClient();
  const form = useId();
  const [clientId, setClientId] = useState(app.client_id ?? "");
  const [clientSecret, setClientSecret] = useState("");
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const typed = { clientId, clientSecret, secrets };
  const save = useMutation({
    mutationFn: () => setOAuthApp(app.connector, completeApp(typed)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: oauthAppsQuery.queryKey });
      toast({ title: `The app of ${app.title} is set up` });
      onSaved?.();
    },
  });
  const errors = fieldErrors(save.error);
  // Another client has other secrets; those of the installation's app are not the workspace's to keep.
  const same = app.source === "workspace" && clientId.trim() === app.client_id;
  const isSet = (name: string) => same && app.secrets_set.includes(name);
  const others = app.secrets.filter((name) => name !== "client_secret");
  const missing = clientId.trim() === "" || (clientSecret === "" && !isSet("client_secret"));
  const kept = (name: string) => (isSet(name) ? "Stored. Leave it empty to keep it." : undefined);
  return (
    <form
      id={form}
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Field label="Client ID" required error={errors.client_id}>
        <Input
          code
          autoComplete="off"
          maxLength={500}
          value={clientId}
          onChange={(event) => setClientId(event.target.value)}
        />
      </Field>
      <Field
        label="Client secret"
        required
        hint={kept("client_secret")}
        error={errors.client_secret}
      >
        <PasswordInput
          code
          autoComplete="off"
          value={clientSecret}
          onChange={(event) => setClientSecret(event.target.value)}
        />
      </Field>
      {others.map((name) => (
        <Field
          key={name}
          label={spokenSecret(name)}
          hint={kept(name) ?? "What comes in from it is told from forgeries by this."}
          error={errors[`secrets.${name}`]}
        >
          <PasswordInput
            code
            autoComplete="off"
            value={secrets[name] ?? ""}
            onChange={(event) => setSecrets({ ...secrets, [name]: event.target.value })}
          />
        </Field>
      ))}
      {save.isError ? <Problem error={save.error} /> : null}
      <Button
        type="submit"
        variant="primary"
        className={styles.save}
        busy={save.isPending}
        disabled={missing}
      >
        Save the app
      </Button>
    </form>
  );
}

/** The app of one connector; `undefined` while that isn't known. */
export function useOAuthApp(connector: string, wanted: boolean) {
  const query = useQuery({ ...oauthAppsQuery, enabled: wanted });
  return { ...query, app: query.data?.items.find((app) => app.connector === connector) };
}
