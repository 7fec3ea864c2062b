import { ExternalLink } from "lucide-react";
import type { Connector } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { AppSetup, useOAuthApp } from "./app-setup";
import styles from "./connect-dialog.module.css";
import { ConsentState } from "./consent-state";
import { type Connected, useConsent } from "./use-consent";
import { consentWays } from "./ways";

interface ConsentWaysProps {
  connector: Connector;
  name: string;
  scopes: readonly string[];
  onConnected: Connected;
}

/** The big button; until there is an app to ask in the name of, what makes one. */
export function ConsentWays({ connector, name, scopes, onConnected }: ConsentWaysProps) {
  const { app, ...query } = useOAuthApp(connector.name, true);
  const { state, start } = useConsent(connector, onConnected);
  const ways = consentWays(connector);
  if (query.isPending) return <SkeletonRows rows={1} height={44} />;
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (app?.source === null) return <AppSetup app={app} />;
  return (
    <div className={styles.ways}>
      {ways.map((way, index) => (
        <Button
          key={way.kind}
          size="large"
          className={styles.big}
          variant={index === 0 ? "primary" : "default"}
          icon={<ExternalLink aria-hidden />}
          busy={state.phase === "starting"}
          onClick={() => void start({ name, scopes, auth: way.kind })}
        >
          {index === 0 ? `Connect with ${connector.title}` : `Connect by ${WORDS[way.kind]}`}
        </Button>
      ))}
      <ConsentState state={state} connector={connector} />
    </div>
  );
}

const WORDS = { oauth2: "OAuth 2", oauth1: "OAuth 1.0a" } as const;
