import { expect, it } from "vitest";
import { cellText, columnsOf, valueAt } from "./table";

it("opens plain objects one level and keeps the order of appearance", () => {
  const columns = columnsOf([
    { id: 1, customer: { name: "Ines", city: null } },
    { id: "2", customer: { name: "Lea", city: "Bonn" }, tags: ["a"] },
  ]);
  expect(columns.map((column) => [column.name, column.kind])).toEqual([
    ["id", "mixed"],
    ["customer.name", "text"],
    ["customer.city", "text"],
    ["tags", "list"],
  ]);
});

it("reads a cell, and nothing where the field is missing", () => {
  expect(valueAt({ a: { b: 0 } }, ["a", "b"])).toBe(0);
  expect(valueAt({ a: [1] }, ["a", "b"])).toBeUndefined();
  expect([undefined, null, "x", { a: 1 }].map(cellText)).toEqual(["", "null", "x", '{"a":1}']);
});
