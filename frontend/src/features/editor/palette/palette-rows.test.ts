import { expect, it } from "vitest";
import type { NodeType } from "../model/node-type";
import { SAMPLE_TYPES } from "../model/sample-types";
import { type PaletteSection, paletteSections } from "./palette-rows";

const step = SAMPLE_TYPES.get("step") as NodeType;
const made = (type: string, title: string, rest: Partial<NodeType> = {}): NodeType => ({
  ...step,
  type,
  title,
  group: type.split(".")[0] ?? "",
  ...rest,
});
const types: NodeType[] = [
  made("core.manual", "By hand", { group: "trigger", trigger: true }),
  made("core.set", "Fields", { group: "data" }),
  made("slack.set_topic", "Set the topic"),
  made("slack.send_message", "Send a message"),
  made("slack.message", "Message posted", { trigger: true }),
  made("mail.send", "Send a mail", { aliases: ["message"] }),
];
const lookOf = (name: string) => ({
  title: name === "slack" ? "Slack" : "Mail",
  icon: "mail",
  color: "#123456",
});
const ids = (sections: PaletteSection[]) =>
  sections.map(({ title, rows }) => [title, ...rows.map((row) => row.id)].join(" "));
const shown = (typed: string, inside: string | null = null) =>
  ids(paletteSections({ types, typed, inside, lookOf }));

it("shows a connector as one row until it is looked into", () => {
  expect(shown("")).toEqual([
    "Start core.manual",
    "Services connector-mail connector-slack",
    "Data core.set",
  ]);
});

it("shows what starts a workflow before what acts in one", () => {
  expect(shown("", "slack")).toEqual([
    "Starts a workflow slack.message",
    "Actions slack.set_topic slack.send_message",
  ]);
});

it("finds operations across connectors, and within one", () => {
  expect(shown("slack mes")).toEqual([" slack.message slack.send_message"]);
  expect(shown("slack send")).toEqual([" slack.send_message"]);
  expect(shown("set")[0]).toMatch(/^ core.set slack.set_topic/);
  expect(shown("message", "mail")).toEqual([" mail.send"]);
});
