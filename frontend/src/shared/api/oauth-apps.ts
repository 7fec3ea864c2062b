import { queryOptions } from "@tanstack/react-query";
import { answerAs } from "./client";
import { soon } from "./soon";
import type { OAuthApp } from "./types";

const APP = "/api/v1/oauth-apps/{connector}";

/** Of each connector with OAuth: the app that was registered with its service, if one was. */
export const oauthAppsQuery = queryOptions({
  queryKey: ["oauth-apps"],
  queryFn: () => answerAs<{ items: OAuthApp[] }>(soon.GET("/api/v1/oauth-apps")),
});

interface AppSettings {
  client_id: string;
  client_secret?: string;
  secrets?: Record<string, string>;
}

/** Secrets that are left out stay as they are. */
export function setOAuthApp(connector: string, body: AppSettings) {
  return answerAs<OAuthApp>(soon.PUT(APP, { params: { path: { connector } }, body }));
}

export function removeOAuthApp(connector: string) {
  return answerAs<void>(soon.DELETE(APP, { params: { path: { connector } } }));
}

/** Whether the public address leads here. */
export function checkPublicAddress() {
  return answerAs<{ reachable: boolean; detail: string }>(soon.POST("/api/v1/oauth-apps/check"));
}
