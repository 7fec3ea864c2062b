import { describe, expect, it } from "vitest";
import { type FieldSchema, fieldsOf } from "./fields";
import {
  choicesOf,
  chooseFirst,
  optionsOf,
  paramsFor,
  stillFitting,
  unmetOf,
  withoutDependents,
} from "./options";

// board ─► list ─► card; labels are of the board too
const schema: FieldSchema = {
  type: "object",
  required: ["board"],
  properties: {
    board: { type: "string", title: "Board", "x-options": { loader: "boards", dependsOn: [] } },
    list: {
      anyOf: [{ type: "string" }, { type: "null" }],
      title: "List",
      "x-options": { loader: "lists", dependsOn: ["board"] },
    },
    card: { type: "string", "x-options": { loader: "cards", dependsOn: ["list"] } },
    labels: {
      type: "array",
      items: { type: "string", "x-options": { loader: "labels", dependsOn: ["board"] } },
    },
    name: { type: "string" },
  },
};
const hintOf = (name: string) => {
  const field = fieldsOf(schema).find((candidate) => candidate.name === name);
  const hint = field === undefined ? null : optionsOf(field.schema, schema);
  if (hint === null) throw new Error(`${name} has no options`);
  return hint;
};

it("makes pickers of single values, of those that may be empty, and of lists", () => {
  const kinds = Object.fromEntries(fieldsOf(schema).map((field) => [field.name, field.kind]));
  expect(kinds).toEqual({
    board: "options",
    list: "options",
    card: "options",
    labels: "options-list",
    name: "text",
  });
  expect(hintOf("labels")).toEqual({ loader: "labels", dependsOn: ["board"] });
});

it("asks for what others depend on before them", () => {
  const picked = (loader: string, ...dependsOn: string[]): FieldSchema => ({
    type: "string",
    "x-options": { loader, dependsOn },
  });
  const required: FieldSchema = {
    required: ["list"],
    properties: { list: picked("lists", "board"), board: picked("boards") },
  };
  expect(fieldsOf(required).map((field) => field.name)).toEqual(["board", "list"]);
});

describe("what has to be chosen before", () => {
  it("is named while it is empty", () => {
    expect(unmetOf(hintOf("list"), schema, {})).toEqual({
      name: "board",
      label: "Board",
      why: "empty",
    });
    expect(unmetOf(hintOf("list"), schema, { board: "b1" })).toBeNull();
    expect(unmetOf(hintOf("board"), schema, {})).toBeNull();
  });

  it("is said as people would", () => {
    expect(chooseFirst({ label: "Board" })).toBe("Choose a board first");
    expect(chooseFirst({ label: "Address book" })).toBe("Choose “Address book” first");
    expect(chooseFirst({ label: "By" })).toBe("Choose “By” first");
  });

  it("can't be asked about while it is an expression", () => {
    expect(unmetOf(hintOf("list"), schema, { board: "{{ $json.b }}" })?.why).toBe("expression");
  });

  it("goes to the loader, and nothing else does", () => {
    expect(paramsFor(hintOf("list"), schema, { board: "b1", name: "x" })).toEqual({ board: "b1" });
  });
});

describe("a picker", () => {
  const found = [
    { value: "c1", label: "#orders" },
    { value: "c2", label: "#general" },
  ];
  const values = (search: string, clearable = false) =>
    choicesOf(found, { search, clearable }).map((choice) => choice.value);

  it("takes what was typed as it is, unless it was found", () => {
    expect(values("c9 ")).toEqual(["c1", "c2", "c9"]);
    expect(values("c2")).toEqual(["c1", "c2"]);
  });

  it("leads back to nothing", () => {
    expect(values("", true)).toEqual(["", "c1", "c2"]);
  });

  it("offers of a former answer what still fits", () => {
    expect(stillFitting(found, "ord ").map((choice) => choice.value)).toEqual(["c1"]);
    expect(stillFitting(found, "C2").map((choice) => choice.value)).toEqual(["c2"]);
  });
});

describe("a changed value", () => {
  it("clears what was chosen for the former one, however far down", () => {
    const values = { board: "b2", list: "l1", card: "c1", labels: ["red"], name: "x" };
    expect(withoutDependents(schema, values, "board")).toEqual({ board: "b2", name: "x" });
    expect(withoutDependents(schema, values, "list")).toEqual({
      board: "b2",
      list: "l1",
      labels: ["red"],
      name: "x",
    });
  });

  it("leaves expressions: they hold for any value", () => {
    const values = { board: "b2", list: "{{ $json.list }}" };
    expect(withoutDependents(schema, values, "board")).toEqual(values);
  });
});
