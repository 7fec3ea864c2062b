import type { Connector, JsonObject } from "@/shared/api/types";

type Auth = Connector["auths"][number];

export interface ConsentWay {
  kind: "oauth2" | "oauth1";
  scopes: readonly string[];
}

export interface TypedWay {
  kind: "api_key" | "basic";
  schema: JsonObject;
}

/** The ways to connect by the service's own page, the one that is offered first at the front. */
export function consentWays(connector: Connector): ConsentWay[] {
  return connector.auths.flatMap(({ kind, scopes }: Auth): ConsentWay[] =>
    kind === "oauth2" || kind === "oauth1" ? [{ kind, scopes }] : [],
  );
}

/** The way to connect by typing a secret. */
export function typedWay(connector: Connector): TypedWay | null {
  const found = connector.auths.find(({ kind }: Auth) => kind === "api_key" || kind === "basic");
  const kind = found?.kind === "basic" ? "basic" : "api_key";
  return found?.schema ? { kind, schema: found.schema as JsonObject } : null;
}

/** Whether there is anything to connect. */
export function isConnectable(connector: Connector): boolean {
  return consentWays(connector).length > 0 || typedWay(connector) !== null;
}

/** As people read a right: the last part of an address, else the name that the service gives it. */
export function spokenScope(scope: string): string {
  return scope.includes("://") ? (scope.replace(/\/$/, "").split("/").at(-1) ?? scope) : scope;
}

/** Which of the rights that a node needs its connection wasn't granted. */
export function missingScopes(
  needed: readonly string[],
  granted: readonly string[] | null,
): string[] {
  return granted === null ? [] : needed.filter((scope) => !granted.includes(scope));
}
