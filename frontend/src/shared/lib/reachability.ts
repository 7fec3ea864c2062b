import { create } from "zustand";

/** Whether the last call got any answer at all. */
export const useReachability = create<{ reachable: boolean }>(() => ({ reachable: true }));

export function tellReachable(reachable: boolean): void {
  if (useReachability.getState().reachable !== reachable) useReachability.setState({ reachable });
}
