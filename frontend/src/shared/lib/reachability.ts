import { create } from "zustand";

/** Whether the last call got any answer at all. */
export const useReachability = create<{ reachable: boolean }>(() => ({ reachable: true }));

let lostAt = 0;

/** A call got no answer. */
export function tellLost(): void {
  lostAt = performance.now();
  if (useReachability.getState().reachable) useReachability.setState({ reachable: false });
}

/** A call that began at `asked` got its answer; one that began before the server was lost says nothing of now. */
export function tellAnswered(asked: number): void {
  if (asked > lostAt && !useReachability.getState().reachable)
    useReachability.setState({ reachable: true });
}

/** Asks the server whether it is there, and tells. */
export async function probe(): Promise<boolean> {
  const asked = performance.now();
  const there = await fetch("/healthz").then(
    (response) => response.ok,
    () => false,
  );
  if (there) tellAnswered(asked);
  else tellLost();
  return there;
}
