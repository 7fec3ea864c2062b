import type { Connection } from "@/shared/api/types";

type UsableBy = Connection["usable_by"];

export const SHARES: readonly { value: UsableBy; label: string; hint: string }[] = [
  { value: "editor", label: "Everybody who edits workflows", hint: "Editors, admins and owners" },
  { value: "admin", label: "Admins and owners", hint: "Editors can't choose it" },
  { value: "owner", label: "Owners alone", hint: "Nobody else can choose it" },
];

/** Who may put a connection into a workflow, as a sentence. */
export function usableBy(least: UsableBy): string {
  return {
    editor: "Editors may use it in workflows.",
    admin: "Only admins and owners may use it in workflows.",
    owner: "Only owners may use it in workflows.",
  }[least];
}
