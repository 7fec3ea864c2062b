import { expect, it } from "vitest";
import { sentence } from "./audit-words";

it.each([
  ["workflow.published", { name: "Orders", version: 3 }, "Anna published version 3 of “Orders”"],
  ["workflow.published", {}, "Anna published a workflow"],
  [
    "member.role_changed",
    { name: "Bo", from: "viewer", to: "editor" },
    "Anna made Bo an editor, before a viewer",
  ],
  ["invite.created", { email: "", role: "owner" }, "Anna invited somebody by a link as an owner"],
  ["session.refused", { address: "10.0.0.1" }, "Anna failed to sign in from 10.0.0.1"],
  ["robot.taught_twice", { name: "Marvin" }, "Anna taught twice the robot “Marvin”"],
])("%s with %j reads: %s", (action, detail, words) => {
  expect(sentence({ actor: "Anna", action, detail })).toBe(words);
});
