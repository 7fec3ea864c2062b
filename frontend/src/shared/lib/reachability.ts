import { create } from "zustand";

/** Whether the last call got any answer at all. */
export const useReachability = create<{ reachable: boolean }>(() => ({ reachable: true }));

export function tellReachable(reachable: boolean): void {
  if (useReachability.getState().reachable !== reachable) useReachability.setState({ reachable });
}

/** Asks the server whether it is there, and tells. */
export async function probe(): Promise<boolean> {
  const there = await fetch("/healthz").then(
    (response) => response.ok,
    () => false,
  );
  tellReachable(there);
  return there;
}
