import { expect, it } from "vitest";
import { readMarkdown } from "./markdown";

const text = (words: string) => ({ kind: "text", text: words });

it("reads headings, lists and paragraphs", () => {
  expect(
    readMarkdown("# Why\nTwo branches\nof one\n\n- a\n- b").map(({ kind, lines }) => [
      kind,
      lines.length,
    ]),
  ).toEqual([
    ["heading", 1],
    ["paragraph", 2],
    ["list", 2],
  ]);
});

it("reads what stands out in a line", () => {
  expect(readMarkdown("a **b** *c* `d` [e](https://e.org)")[0]?.lines[0]).toEqual([
    text("a "),
    { kind: "bold", text: "b" },
    text(" "),
    { kind: "italic", text: "c" },
    text(" "),
    { kind: "code", text: "d" },
    text(" "),
    { kind: "link", text: "e", href: "https://e.org" },
  ]);
});

it("leaves markup and other addresses as text", () => {
  const source = "<b onclick=x>2 * 3 * 4</b> [x](javascript:alert(1))";
  expect(readMarkdown(source)[0]?.lines[0]).toEqual([text(source)]);
});
