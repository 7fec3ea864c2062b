import { RotateCw } from "lucide-react";
import { useState } from "react";
import type { Connection, Connector } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { AppSetup, useOAuthApp } from "./app-setup";
import { ConsentState } from "./consent-state";
import { EditConnectionDialog } from "./edit-connection-dialog";
import { useConsent } from "./use-consent";

interface ReconnectProps {
  connection: Connection;
  connector: Connector;
  /** What is to be granted beyond what the connector asks for. */
  scopes?: readonly string[];
  label?: string;
  size?: "default" | "small";
}

/** Renews an account in place: what uses it goes on. */
export function Reconnect(props: ReconnectProps) {
  const { auth } = props.connection;
  return auth === "oauth2" || auth === "oauth1" ? (
    <ByConsent {...props} auth={auth} />
  ) : (
    <ByTyping {...props} />
  );
}

function ByTyping({
  connection,
  connector,
  label = "New secret",
  size = "default",
}: ReconnectProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size={size} icon={<RotateCw aria-hidden />} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open ? (
        <EditConnectionDialog
          connection={connection}
          connector={connector}
          renew
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}

function ByConsent({
  connection,
  connector,
  scopes = [],
  label = "Reconnect",
  size = "default",
  auth,
}: ReconnectProps & { auth: "oauth2" | "oauth1" }) {
  const { app } = useOAuthApp(connector.name, true);
  const [setting, setSetting] = useState(false);
  const { state, start, forget } = useConsent(connector, (_, text) =>
    toast({ title: text || `“${connection.name}” is connected again` }),
  );
  const { name, id } = connection;
  const begin = () => {
    if (app?.source === null) setSetting(true);
    else void start({ name, connectionId: id, scopes, auth });
  };
  const asking = state.phase === "starting" || (state.phase === "asking" && !state.blocked);
  return (
    <>
      <Button size={size} icon={<RotateCw aria-hidden />} busy={asking} onClick={begin}>
        {label}
      </Button>
      {setting && app ? (
        <Dialog open onOpenChange={setSetting} title={`Set up ${connector.title}`}>
          <AppSetup app={app} onSaved={() => setSetting(false)} />
        </Dialog>
      ) : null}
      {asking || state.phase === "idle" ? null : (
        <Dialog
          open
          onOpenChange={forget}
          title={`Reconnect “${name}”`}
          footer={
            <Button variant="primary" icon={<RotateCw aria-hidden />} onClick={begin}>
              Try again
            </Button>
          }
        >
          <ConsentState state={state} connector={connector} />
        </Dialog>
      )}
    </>
  );
}
