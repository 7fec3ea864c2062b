import { describe, expect, it } from "vitest";
import { bytes, cost, duration, initials, plural, relativeTime } from "./format";

describe("durations", () => {
  it.each([
    [3, "3 ms"],
    [4_640, "4.6 s"],
    [57_000, "57 s"],
    [59_990, "1 min"],
    [125_000, "2 min 5 s"],
    [11_520_000, "3 h 12 min"],
    [187_200_000, "2 d 4 h"],
    [-5, "0 ms"],
  ])("%d ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe("costs", () => {
  it.each([
    ["0", ""],
    [null, ""],
    ["0.0009123", "$0.00091"],
    ["1.664", "$1.66"],
  ])("%s is %s", (usd, text) => {
    expect(cost(usd)).toBe(text);
  });
});

it("tells times from now", () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  expect(relativeTime("2026-03-10T11:59:55Z", now)).toBe("now");
  expect(relativeTime("2026-03-10T11:56:00Z", now)).toBe("4 min ago");
  expect(relativeTime("2024-01-02T12:00:00Z", now)).toBe("2 Jan 2024");
});

it("counts and names", () => {
  expect(plural(1, "item")).toBe("1 item");
  expect(plural(1200, "item")).toBe("1,200 items");
  expect(bytes(1536)).toBe("1.5 kB");
  expect(initials("Mara van der Keller")).toBe("MK");
});
