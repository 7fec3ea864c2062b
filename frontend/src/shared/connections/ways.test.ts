import { expect, it } from "vitest";
import type { Connector } from "@/shared/api/types";
import { completeApp, spokenSecret } from "./app-words";
import { consentWays, isConnectable, missingScopes, spokenScope, typedWay } from "./ways";

const schema = { type: "object", properties: { token: { type: "string" } } };
const connector = (...auths: unknown[]) => ({ auths }) as unknown as Connector;
const board = connector(
  { kind: "oauth1", schema: null, scopes: [] },
  { kind: "oauth2", schema: null, scopes: ["read"] },
  { kind: "api_key", schema, scopes: [] },
);

it("tells the ways by consent from the typed one, in the connector's order", () => {
  expect(consentWays(board).map((way) => way.kind)).toEqual(["oauth1", "oauth2"]);
  expect(typedWay(board)).toEqual({ kind: "api_key", schema });
  expect(isConnectable(connector({ kind: "none", schema: null, scopes: [] }))).toBe(false);
});

it("says rights in words", () => {
  expect(spokenScope("https://www.googleapis.com/auth/gmail.send")).toBe("gmail.send");
  expect(spokenScope("https://mail.google.com/")).toBe("mail.google.com");
  expect(spokenScope("chat:write")).toBe("chat:write");
});

it("misses nothing where the service doesn't say what it granted", () => {
  expect(missingScopes(["a", "b"], ["a"])).toEqual(["b"]);
  expect(missingScopes(["a", "b"], null)).toEqual([]);
});

it("sends the secrets of an app that were typed, and no others", () => {
  expect(completeApp({ clientId: " id ", clientSecret: "", secrets: { signing: "" } })).toEqual({
    client_id: "id",
  });
  expect(completeApp({ clientId: "id", clientSecret: "s", secrets: { signing: "t" } })).toEqual({
    client_id: "id",
    client_secret: "s",
    secrets: { signing: "t" },
  });
  expect(spokenSecret("signing_secret")).toBe("Signing secret");
  expect(spokenSecret("api_secret")).toBe("API secret");
});
