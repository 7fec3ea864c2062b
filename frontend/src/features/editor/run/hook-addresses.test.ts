import { expect, test } from "vitest";
import type { JsonObject } from "../model/graph";
import { awaitedRequest } from "./hook-addresses";

function wait(params: JsonObject) {
  return awaitedRequest({
    id: "wait",
    type: "core.wait",
    title: "Wait",
    position: { x: 0, y: 0 },
    params,
  } as Parameters<typeof awaitedRequest>[0]);
}

test("a node that waits for a request has the path of its own trigger", () => {
  const trigger = { type: "core.webhook", path: "/paid/", method: "PUT" };
  expect(wait({ for: "event", trigger })).toEqual({
    path: "/hooks/paid",
    method: "PUT",
  });
  expect(wait({ for: "event", trigger: { type: "core.webhook", path: "paid" } })?.method).toBe(
    "POST",
  );
});

test("nothing else that is waited for has a path", () => {
  expect(wait({ for: "event", trigger: { type: "core.webhook", path: "" } })).toBeNull();
  expect(wait({ for: "event", trigger: { type: "core.event", name: "paid" } })).toBeNull();
  expect(wait({ for: "call", trigger: { type: "core.webhook", path: "old" } })).toBeNull();
  expect(wait({ for: "event" })).toBeNull();
});
