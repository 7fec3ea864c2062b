import { expect, it } from "vitest";
import { isComplete, secretFields, secretOf } from "./secret-schema";

const fields = secretFields({
  type: "object",
  required: ["secret"],
  properties: {
    secret: { title: "Secret", type: "string", format: "password", writeOnly: true },
    algorithm: { title: "Algorithm", type: "string", enum: ["sha256", "sha1"], default: "sha256" },
    prefix: { title: "Prefix", type: "string", default: "sha256=" },
    realm: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
    port: { type: "integer" },
  },
});

it("reads the kinds of fields from a schema", () => {
  expect(fields.map((field) => [field.name, field.kind, field.required])).toEqual([
    ["secret", "password", true],
    ["algorithm", "choice", false],
    ["prefix", "text", false],
    ["realm", "text", false],
    ["port", "number", false],
  ]);
});

it("calls choices by their labels, or as they are", () => {
  const [algorithm, tls] = secretFields({
    properties: {
      algorithm: { enum: ["sha256"] },
      tls: { enum: ["verify"], "x-labels": { verify: "Certificate checked" } },
    },
  });
  expect(algorithm?.choices).toEqual([{ value: "sha256", label: "sha256" }]);
  expect(tls?.choices).toEqual([{ value: "verify", label: "Certificate checked" }]);
});

it("sends what was typed in its own type, and leaves out what stayed empty", () => {
  expect(secretOf(fields, { secret: "s", prefix: "", port: "8080" })).toEqual({
    secret: "s",
    algorithm: "sha256",
    prefix: "",
    port: 8080,
  });
});

it("is complete when what is required is there", () => {
  expect(isComplete(fields, {})).toBe(false);
  expect(isComplete(fields, { secret: "s" })).toBe(true);
});
