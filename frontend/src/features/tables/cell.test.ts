import { describe, expect, it } from "vitest";
import { shownCell, typedCell, writtenCell } from "./cell";

describe("cells", () => {
  it("are what their column takes once they are typed", () => {
    expect(typedCell(" 4.5 ", "number")).toBe(4.5);
    expect(typedCell("many", "number")).toBe("many");
    expect(typedCell("Yes", "boolean")).toBe(true);
    expect(typedCell("0", "boolean")).toBe(false);
    expect(typedCell('{"a": [1]}', "json")).toEqual({ a: [1] });
    expect(typedCell("{", "json")).toBe("{");
    expect(typedCell(" text ", "text")).toBe(" text ");
    expect(typedCell("  ", "text")).toBeNull();
  });

  it("are shown in one line and written as they can be typed again", () => {
    expect(shownCell(null, "text")).toBe("");
    expect(shownCell(false, "boolean")).toBe("No");
    expect(shownCell({ a: 1 }, "json")).toBe('{"a":1}');
    expect(writtenCell(undefined)).toBe("");
    expect(typedCell(writtenCell({ a: 1 }), "json")).toEqual({ a: 1 });
  });
});
