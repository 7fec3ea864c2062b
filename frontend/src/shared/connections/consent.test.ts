import { expect, it, vi } from "vitest";
import type { Connection } from "@/shared/api/types";
import { concerns, madeSince, readNews } from "./consent";

vi.stubGlobal("window", { location: { origin: "https://loom.example" } });

const NEW = { connector: "slack", connectionId: null, name: "Shop" };
const news = { connector: "slack", connection_id: "con_1", ok: true, text: "" };

function popup(origin: string | null, closed = false): Window {
  return {
    closed,
    location: {
      get origin() {
        if (origin === null) throw new DOMException("Blocked", "SecurityError");
        return origin;
      },
    },
  } as unknown as Window;
}

function connection(id: string, rest: Partial<Connection> = {}): Connection {
  const made = { id, connector: "slack", name: "Shop", updated_at: "t0", health: "healthy" };
  return { ...made, ...rest } as Connection;
}

it("reads what a consent page tells, and nothing else", () => {
  expect(readNews(news)).toEqual(news);
  expect(readNews({ ...news, connection_id: null, ok: false, text: "You said no." })).toEqual({
    connector: "slack",
    connection_id: null,
    ok: false,
    text: "You said no.",
  });
  expect(readNews("slack")).toBeNull();
  expect(readNews({ ok: true })).toBeNull();
});

it("takes news of the own window alone", () => {
  expect(concerns(news, NEW, popup("https://loom.example"))).toBe(true);
  expect(concerns(news, NEW, popup(null, true))).toBe(true);
  expect(concerns(news, NEW, null)).toBe(true);
  // Another tab's: the own window still shows the service's page.
  expect(concerns(news, NEW, popup(null))).toBe(false);
  expect(concerns({ ...news, connector: "gmail" }, NEW, null)).toBe(false);
  expect(concerns(news, { connector: "slack", connectionId: "con_2", name: "Shop" }, null)).toBe(
    false,
  );
});

it("finds the connection that came of it when nothing was told", () => {
  const before = [connection("con_1"), connection("con_2", { health: "broken" })];
  const made = [...before, connection("con_3")];
  expect(madeSince(before, made, NEW)?.id).toBe("con_3");
  expect(madeSince(before, before, NEW)).toBeUndefined();
  expect(madeSince(before, made, { ...NEW, name: "Of another tab" })).toBeUndefined();
  const renewed = { connector: "slack", connectionId: "con_2", name: "Shop" };
  expect(madeSince(before, made, renewed)).toBeUndefined();
  expect(madeSince(before, [connection("con_2", { updated_at: "t1" })], renewed)?.id).toBe("con_2");
});
