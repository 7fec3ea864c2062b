import { describe, expect, it } from "vitest";
import { filesOf, kindOf, shortName } from "./kind";

function file(name: string, media_type = "application/octet-stream") {
  return { id: `art_${name}`, name, media_type, size: 1 };
}

describe("the kind of a file", () => {
  it.each([
    ["photo", "image/png", "picture"],
    ["photo.csv", "image/png", "picture"],
    ["voice", "audio/ogg", "sound"],
    ["orders.CSV", "application/octet-stream", "table"],
    ["orders.xlsx", "application/vnd.ms-excel", "table"],
    ["note", "text/plain; charset=utf-8", "text"],
    ["team.ics", "text/calendar", "calendar"],
    ["all.zip", "application/zip", "archive"],
    ["zip", "application/octet-stream", "other"],
  ])("%s as %s is a %s", (name, type, kind) => {
    expect(kindOf(file(name, type))).toBe(kind);
  });
});

describe("a name in little room", () => {
  it("stays as it is when it fits", () => {
    expect(shortName("orders.csv")).toBe("orders.csv");
  });

  it("keeps its begin and its ending", () => {
    const short = shortName(`${"order-".repeat(20)}2026-05.csv`);
    expect(short).toBe("order-order-order-o…-2026-05.csv");
    expect([...short]).toHaveLength(32);
  });

  it("cuts no character in two", () => {
    expect(shortName("😀".repeat(40), 9)).toBe("😀😀😀😀…😀😀😀😀");
  });
});

describe("the files of items", () => {
  it("come in the order of the items, with what the item calls them", () => {
    const [a, b, c] = [file("a"), file("b"), file("c")];
    const items = [
      { json: {}, files: { data: a, copy: b } },
      { json: {} },
      { json: {}, files: { data: c } },
    ];
    expect(filesOf(items)).toEqual([
      { item: 0, as: "data", file: a },
      { item: 0, as: "copy", file: b },
      { item: 2, as: "data", file: c },
    ]);
  });
});
