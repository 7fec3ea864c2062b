import type { AuditEntry } from "@/shared/api/types";

type Words = (detail: Record<string, unknown>) => string;

/** Said after the name of who did it: "Anna" + "published version 3 of “Orders”". */
const words: Record<string, Words> = {
  "installation.set_up": (d) => `made ${text(d.email)} the first owner`,
  "workspace.created": (d) => `made the workspace ${quoted(d.name)}`,
  "workspace.renamed": (d) => `renamed the workspace from ${quoted(d.from)} to ${quoted(d.to)}`,
  "workspace.on_failure_changed": () => "changed which workflow hears of failures",
  "workflow.published": (d) => `published ${version(d)}`,
  "workflow.unpublished": (d) => `took ${quoted(d.name, "a workflow")} offline`,
  "workflow.rolled_back": (d) => `put ${version(d)} live again`,
  "workflow.restored": (d) => `brought ${version(d)} back as the draft`,
  "workflow.deleted": (d) => `deleted ${quoted(d.name, "a workflow")}`,
  "member.role_changed": (d) =>
    `made ${text(d.name, "a member")} ${article(d.to)}, before ${article(d.from)}`,
  "member.removed": (d) => `removed ${text(d.name ?? d.email, "a member")}`,
  "member.signed_out": (d) => `signed ${text(d.name, "a member")} out`,
  "invite.created": (d) => `invited ${text(d.email, "somebody by a link")} as ${article(d.role)}`,
  "invite.revoked": (d) => `withdrew the invite of ${text(d.email, "whoever has the link")}`,
  "invite.accepted": (d) => `joined as ${article(d.role)}, invited by ${text(d.invited_by)}`,
  "key.created": (d) => `made the API key ${quoted(d.name)} as ${article(d.role)}`,
  "key.deleted": (d) => `deleted the API key ${quoted(d.name)}`,
  "connection.created": (d) => `added the connection ${quoted(d.name)}`,
  "connection.updated": (d) =>
    `changed the connection ${quoted(d.name)}${d.secret_replaced ? ", with a new secret" : ""}`,
  "connection.tested": (d) => `tested the connection ${quoted(d.name)}: ${text(d.health)}`,
  "connection.deleted": (d) => `deleted the connection ${quoted(d.name)}`,
  "variable.created": (d) => `made the variable ${quoted(d.name)}`,
  "variable.updated": (d) => `changed the variable ${quoted(d.name)}`,
  "variable.deleted": (d) => `deleted the variable ${quoted(d.name)}`,
  "table.created": (d) => `made the table ${quoted(d.name)}`,
  "table.changed": (d) => `changed the columns of the table ${quoted(d.name)}`,
  "table.deleted": (d) => `deleted the table ${quoted(d.name)}`,
  "run.cancelled": () => "cancelled a run",
  "outcome.settled": (d) =>
    d.outcome === "happened"
      ? "said that a call had happened"
      : "said that a call had not happened",
  "session.opened": (d) => `signed in from ${text(d.address, "somewhere")}`,
  "session.refused": (d) => `failed to sign in from ${text(d.address, "somewhere")}`,
  "session.ended": () => "signed a browser out",
  "session.others_ended": () => "signed out everywhere else",
  "password.changed": () => "changed their password",
  "password.reset": () => "gave an owner a new password",
};

/** "Anna published version 3 of “Orders”"; what has no words of its own yet keeps its key's. */
export function sentence(entry: Pick<AuditEntry, "actor" | "action" | "detail">): string {
  const told = words[entry.action]?.(entry.detail);
  return `${entry.actor} ${told ?? unknown(entry)}`;
}

function unknown({ action, detail }: Pick<AuditEntry, "action" | "detail">): string {
  const [noun = "", done = ""] = action.replaceAll("_", " ").split(".");
  const name = typeof detail.name === "string" && detail.name ? ` ${quoted(detail.name)}` : "";
  return `${done} the ${noun}${name}`.replace(/ {2,}/g, " ");
}

/** What can be filtered by: the first part of an action. */
export const kinds = [
  { value: "", label: "Everything" },
  { value: "workflow", label: "Workflows" },
  { value: "run", label: "Runs" },
  { value: "outcome", label: "Outcomes" },
  { value: "connection", label: "Connections" },
  { value: "variable", label: "Variables" },
  { value: "table", label: "Tables" },
  { value: "member", label: "Members" },
  { value: "invite", label: "Invites" },
  { value: "key", label: "API keys" },
  { value: "session", label: "Sign-ins" },
  { value: "password", label: "Passwords" },
  { value: "workspace", label: "Workspace" },
] as const;

function text(value: unknown, fallback = "somebody"): string {
  return typeof value === "string" && value !== "" ? value : fallback;
}

function quoted(value: unknown, fallback = "something"): string {
  return typeof value === "string" && value !== "" ? `“${value}”` : fallback;
}

function version(detail: Record<string, unknown>): string {
  const name = quoted(detail.name, "a workflow");
  const number = detail.version ?? detail.to;
  return typeof number === "number" ? `version ${number} of ${name}` : name;
}

function article(role: unknown): string {
  const word = text(role, "member");
  return `${/^[aeo]/.test(word) ? "an" : "a"} ${word}`;
}
