import { expect, it } from "vitest";
import { awaitable, awaitedType, listens } from "./awaited";
import type { FieldSchema } from "./fields";
import type { NodeType, NodeTypes } from "./node-type";

const own: FieldSchema = {
  type: "object",
  properties: {
    type: { enum: ["core.event"], title: "Kind", "x-labels": { "core.event": "An event" } },
  },
};
const schema: FieldSchema = { oneOf: [own, { type: "object" }] };

function type(name: string, more: Partial<NodeType> = {}): NodeType {
  const [group = ""] = name.split(".");
  return { type: name, group, title: name, trigger: true, ...more } as NodeType;
}

const types: NodeTypes = new Map(
  [
    type("trello.card", { title: "New card" }),
    type("slack.message", { title: "New message" }),
    type("slack.send", { trigger: false }),
    type("core.form"),
  ].map((known) => [known.type, known]),
);

it("offers the built-in kinds, then the triggers of connectors by name", () => {
  const choices = awaitable(schema, schema, types, (name) => name.toUpperCase());
  expect(choices.map(({ label }) => label)).toEqual([
    "An event",
    "SLACK: New message",
    "TRELLO: New card",
  ]);
});

it("takes only a connector's trigger for one with a form of its own", () => {
  expect(awaitedType({ type: "slack.message" }, types)?.title).toBe("New message");
  expect(awaitedType({ type: "slack.send" }, types)).toBeNull();
  expect(awaitedType({ type: "core.form" }, types)).toBeNull();
  expect(awaitedType({}, types)).toBeNull();
});

it("knows which nodes listen", () => {
  expect(listens(type("slack.message"), {})).toBe(true);
  expect(listens(type("core.wait", { trigger: false }), { for: "event" })).toBe(true);
  expect(listens(type("core.wait", { trigger: false }), { for: "call" })).toBe(false);
});
