import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";

const APP = "/api/v1/oauth-apps/{connector}";

/** Of each connector with OAuth: the app that was registered with its service, if one was. */
export const oauthAppsQuery = queryOptions({
  queryKey: ["oauth-apps"],
  queryFn: () => answer(api.GET("/api/v1/oauth-apps")),
});

interface AppSettings {
  client_id: string;
  client_secret?: string;
  secrets?: Record<string, string>;
}

/** Secrets that are left out stay as they are. */
export function setOAuthApp(connector: string, body: AppSettings) {
  return answer(api.PUT(APP, { params: { path: { connector } }, body }));
}

export function removeOAuthApp(connector: string) {
  return answer(api.DELETE(APP, { params: { path: { connector } } }));
}

/** Whether the public address leads here. */
export function checkPublicAddress() {
  return answer(api.POST("/api/v1/oauth-apps/check"));
}
