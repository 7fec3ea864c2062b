import { describe, expect, it } from "vitest";
import { describeConditions } from "./conditions";
import { pieces, spoken } from "./expression";
import type { JsonObject } from "./graph";
import type { NodeType } from "./node-type";
import { SAMPLE_TYPES } from "./sample-types";
import { searchTypes } from "./search";
import { cardSummary } from "./summary";

const step = SAMPLE_TYPES.get("step") as NodeType;
const call: NodeType = {
  ...step,
  description: "Calls an address. And more.",
  summary: "{method} {url}",
  params_schema: { properties: { method: { default: "GET" } } },
};

describe("the card's second line", () => {
  it("fills the type's template, with defaults and plain words for expressions", () => {
    const params = { url: "https://shop.test/{{ $json.body.id }}" };
    expect(cardSummary(call, { type: "call", params })).toBe("GET https://shop.test/body.id");
  });

  it("says what the type does while a part is missing", () => {
    expect(cardSummary(call, { type: "call", params: {} })).toBe("Calls an address");
  });

  it("takes the first of several templates that can be filled", () => {
    const type = { ...step, summary: "{cron} | Every {every_s} s" };
    const said = (params: JsonObject) => cardSummary(type, { type: "step", params });
    expect([said({ every_s: 2 }), said({ cron: "@daily" })]).toEqual(["Every 2 s", "@daily"]);
  });

  it("calls what was chosen from a list as the list did", () => {
    const listed = { type: "string", "x-options": { loader: "channels", dependsOn: [] } };
    const type = {
      ...step,
      summary: "Post to {channel}",
      params_schema: { properties: { channel: listed } },
    };
    const labelOf = (loader: string, value: string) =>
      loader === "channels" && value === "C1" ? "#orders" : undefined;
    const said = (channel: string) =>
      cardSummary(type, { type: "step", params: { channel } }, labelOf);
    expect(said("C1")).toBe("Post to #orders");
    expect(said("C2")).toBe("Post to C2");
  });

  it("says conditions as a sentence", () => {
    const type = { ...step, summary: "{conditions}" };
    const params = {
      conditions: [
        { left: "{{ $json.body.total }}", operator: "gt", right: 100 },
        { left: "{{ $json.vip }}", operator: "is_true" },
      ],
      combine: "or",
    };
    expect(cardSummary(type, { type: "step", params })).toBe(
      "body.total is greater than 100 or vip is true",
    );
  });

  it("lists names", () => {
    const type = { ...step, summary: "Set {fields}" };
    const params = {
      fields: [
        { name: "a", value: 1 },
        { name: "b", value: 2 },
      ],
    };
    expect(cardSummary(type, { type: "step", params })).toBe("Set a, b");
  });
});

it("cuts a template into text and expressions", () => {
  expect(pieces("Hi {{ $json.a }}!").map((piece) => piece.text)).toEqual([
    "Hi ",
    "{{ $json.a }}",
    "!",
  ]);
  expect(spoken("{{ $('Order').item.json.id }}")).toBe("Order › id");
});

it("shows an unfinished condition as one", () => {
  expect(describeConditions([{ left: "", operator: "equals", right: "" }], "and")).toBe(
    "… is equal to …",
  );
});

describe("search", () => {
  const types = [
    { ...step, type: "core.if", title: "If", aliases: ["branch", "condition"] },
    {
      ...step,
      type: "http.request",
      title: "HTTP request",
      description: "Calls a web address",
      aliases: ["api"],
    },
    {
      ...step,
      type: "core.respond",
      title: "Respond",
      description: "Answers the caller of a webhook",
    },
    { ...step, type: "core.webhook", title: "Webhook" },
  ];
  const found = (typed: string) => searchTypes(types, typed).map((type) => type.title);

  it("looks at title, alias, type and description", () => {
    expect(found("if")).toEqual(["If"]);
    expect(found("branch")).toEqual(["If"]);
    expect(found("api")).toEqual(["HTTP request"]);
    expect(found("webhook")).toEqual(["Webhook", "Respond"]);
    expect(found("http req")).toEqual(["HTTP request"]);
  });

  it("forgives a letter left out, and finds nothing for nonsense", () => {
    expect(found("wbhk")).toEqual(["Webhook"]);
    expect(found("zzz")).toEqual([]);
    expect(found("")).toHaveLength(4);
  });
});
