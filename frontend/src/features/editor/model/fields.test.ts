import { describe, expect, it } from "vitest";
import {
  emptyEntry,
  type Field,
  type FieldSchema,
  fieldsOf,
  initialParams,
  isShown,
} from "./fields";
import { problemsInside } from "./problems";

const schema: FieldSchema = {
  type: "object",
  required: ["url", "fields"],
  $defs: {
    Pair: {
      type: "object",
      required: ["name", "value"],
      properties: { name: { type: "string", title: "Name" }, value: { title: "Value" } },
    },
    Auth: { type: "object", title: "Auth", properties: { kind: { enum: ["none", "bearer"] } } },
  },
  properties: {
    method: { enum: ["GET", "POST"], default: "GET", title: "Method" },
    timeout_s: {
      anyOf: [{ type: "number" }, { type: "null" }],
      default: null,
      title: "Timeout S",
      "x-advanced": true,
    },
    url: { type: "string", title: "Url" },
    headers: { type: "object", additionalProperties: { type: "string" } },
    fields: { type: "array", items: { $ref: "#/$defs/Pair" } },
    auth: { anyOf: [{ $ref: "#/$defs/Auth" }, { type: "null" }], "x-widget": "auth" },
    body: { type: "string", "x-widget": "multiline", "x-show-if": { method: ["POST"] } },
    respond: { anyOf: [{ const: "at_once" }, { const: "last_node" }] },
    size: { anyOf: [{ type: "integer" }, { type: "string" }] },
    flag: { type: "boolean", default: false },
  },
};

const fields = fieldsOf(schema);
const field = (name: string) => fields.find((entry) => entry.name === name) as Field;

describe("fieldsOf", () => {
  it("puts required fields first", () => {
    expect(fields.slice(0, 2).map((entry) => entry.name)).toEqual(["url", "fields"]);
  });

  it("chooses a kind from type and hint", () => {
    const kinds = Object.fromEntries(fields.map((entry) => [entry.name, entry.kind]));
    expect(kinds).toEqual({
      url: "text",
      fields: "list",
      method: "choice",
      timeout_s: "number",
      headers: "key-value",
      auth: "auth",
      body: "multiline",
      respond: "choice",
      size: "number",
      flag: "switch",
    });
  });

  it("writes labels a person would write", () => {
    expect(field("timeout_s").label).toBe("Timeout (seconds)");
    expect(field("url").label).toBe("URL");
    expect(field("respond").choices.map((choice) => choice.label)).toEqual([
      "At once",
      "Last node",
    ]);
    expect(field("method").choices.map((choice) => choice.label)).toEqual(["GET", "POST"]);
  });

  it("knows what is tucked away and what depends on another", () => {
    expect(field("timeout_s").advanced).toBe(true);
    expect(isShown(field("body"), fields, {})).toBe(false);
    expect(isShown(field("body"), fields, { method: "POST" })).toBe(true);
    expect(isShown(field("url"), fields, {})).toBe(true);
  });
});

describe("starting values", () => {
  it("shape required lists so that the form has a row to fill", () => {
    expect(initialParams(schema)).toEqual({ fields: [{ name: "", value: "" }] });
    expect(emptyEntry(field("fields"), schema)).toEqual({ name: "", value: "" });
  });

  it("give an outline its first line, with what is needed alone", () => {
    const entry: FieldSchema = {
      type: "object",
      required: ["label"],
      properties: {
        label: { type: "string", title: "Label" },
        kind: { enum: ["text", "file"], default: "text", title: "Kind" },
      },
    };
    const form: FieldSchema = {
      type: "object",
      required: ["fields"],
      properties: { fields: { type: "array", items: entry, "x-widget": "outline" } },
    };
    expect(fieldsOf(form)[0]?.kind).toBe("outline");
    expect(initialParams(form)).toEqual({ fields: [{ label: "" }] });
  });

  it("give conditions a first row where there has to be one", () => {
    const list = { type: "array", "x-widget": "conditions" } as const;
    expect(initialParams({ properties: { conditions: { ...list, minItems: 1 } } })).toEqual({
      conditions: [{ left: "", operator: "equals", right: "" }],
    });
    expect(initialParams({ properties: { filter: list } })).toEqual({});
  });
});

it("finds the problems of a field however its path is written", () => {
  const problem = { severity: "error", node_id: "n", code: "c", message: "", hint: "" } as const;
  const problems = ["fields[0].value", "params.fields.1.name", "url"].map((at) => ({
    ...problem,
    field: at,
  }));
  expect(problemsInside(problems, "fields")).toHaveLength(2);
  expect(problemsInside(problems, "fields[1].name")).toHaveLength(1);
  expect(problemsInside(problems, "field")).toHaveLength(0);
});
