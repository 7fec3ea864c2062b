import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { AppWindow, CircleCheck, Trash2 } from "lucide-react";
import { useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import { oauthAppsQuery, removeOAuthApp } from "@/shared/api/oauth-apps";
import type { Connector, OAuthApp } from "@/shared/api/types";
import { AppSetup } from "@/shared/connections/app-setup";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Dialog } from "@/shared/ui/dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { IconButton } from "@/shared/ui/icon-button";
import { NodeMark } from "@/shared/ui/node-mark";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import styles from "./parts.module.css";

/** The apps in whose name Nodeloom asks services for their users' accounts. */
export function AppsSection() {
  const apps = useQuery(oauthAppsQuery);
  const connectors = useQuery(connectorsQuery);
  const byName = new Map(connectors.data?.items.map((connector) => [connector.name, connector]));
  const items = apps.data?.items ?? [];
  return (
    <>
      <p className={styles.text}>
        Before people can connect an account on a service's own page, the service has to know who
        asks: register an app there once, and fill it in here.
      </p>
      {apps.isError ? <Problem error={apps.error} onRetry={() => void apps.refetch()} /> : null}
      <Sheet>
        {apps.isPending ? <SkeletonRows rows={3} height={60} /> : null}
        {apps.isSuccess && items.length === 0 ? (
          <EmptyState icon={<AppWindow aria-hidden />} title="No app is needed">
            None of the installed connectors asks people on a page of its service.
          </EmptyState>
        ) : null}
        <ul>
          {items.map((app) => (
            <AppRow key={app.connector} app={app} connector={byName.get(app.connector)} />
          ))}
        </ul>
      </Sheet>
    </>
  );
}

function AppRow({ app, connector }: { app: OAuthApp; connector: Connector | undefined }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<"setup" | "remove" | null>(null);
  const remove = useMutation({
    mutationFn: () => removeOAuthApp(app.connector),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: oauthAppsQuery.queryKey });
      setAsking(null);
    },
  });
  return (
    <li className={styles.row}>
      <NodeMark
        icon={connector?.icon ?? "plug"}
        group="data"
        color={connector?.color}
        title={app.title}
      />
      <div className={styles.main}>
        <p className={styles.name}>{app.title}</p>
        <p className={styles.line}>{lineOf(app)}</p>
      </div>
      {app.source === null ? (
        <Chip>Not set up</Chip>
      ) : (
        <Chip tone="success" icon={<CircleCheck aria-hidden />}>
          Set up
        </Chip>
      )}
      <Button onClick={() => setAsking("setup")}>
        {app.source === null ? "Set up" : "Addresses and secrets"}
      </Button>
      {app.source === "workspace" ? (
        <IconButton
          label={`Remove the app of ${app.title}`}
          icon={<Trash2 aria-hidden />}
          onClick={() => setAsking("remove")}
        />
      ) : null}
      {asking === "setup" ? (
        <Dialog
          open
          onOpenChange={() => setAsking(null)}
          title={`The app of ${app.title}`}
          description={
            app.source === "settings"
              ? "It stands in the installation's settings. What you fill in here takes its place in this workspace."
              : undefined
          }
        >
          <AppSetup app={app} onSaved={() => setAsking(null)} />
        </Dialog>
      ) : null}
      <ConfirmDialog
        open={asking === "remove"}
        onOpenChange={() => setAsking(null)}
        danger
        title={`Remove the app of ${app.title}?`}
        description="Nobody can connect with it any more, and what was connected by it can't be renewed: it ends sooner or later."
        confirmLabel="Remove the app"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}

function lineOf(app: OAuthApp): string {
  if (app.source === null) return "Nobody can connect by its own page yet";
  const where =
    app.source === "settings" ? "from the installation's settings" : "of this workspace";
  return `Client ID ${app.client_id ?? ""}, ${where}`;
}
