import { beforeEach, expect, it } from "vitest";
import { tellAnswered, tellLost, useReachability } from "./reachability";

const reachable = () => useReachability.getState().reachable;

beforeEach(() => useReachability.setState({ reachable: true }));

it("a late answer to an earlier call does not say that the server is back", () => {
  const asked = performance.now();
  tellLost();
  tellAnswered(asked);
  expect(reachable()).toBe(false);
});

it("an answer to a call that began since does", () => {
  tellLost();
  const lost = performance.now();
  while (performance.now() === lost);
  tellAnswered(performance.now());
  expect(reachable()).toBe(true);
});
