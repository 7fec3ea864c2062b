interface Typed {
  clientId: string;
  clientSecret: string;
  secrets: Readonly<Record<string, string>>;
}

/** What is sent: secrets that nothing was typed for stay as they are. */
export function completeApp({ clientId, clientSecret, secrets }: Typed) {
  const given = Object.entries(secrets).filter(([, secret]) => secret !== "");
  return {
    client_id: clientId.trim(),
    ...(clientSecret === "" ? {} : { client_secret: clientSecret }),
    ...(given.length === 0 ? {} : { secrets: Object.fromEntries(given) }),
  };
}

/** `signing_secret` is "Signing secret", `api_secret` is "API secret". */
export function spokenSecret(name: string): string {
  const words = name
    .replaceAll("_", " ")
    .replace(/\b(api|id|url)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
