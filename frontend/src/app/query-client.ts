import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/shared/api/problem";
import { meQuery } from "@/shared/api/session";

const MOST_RETRIES = 2;

/** Nobody is signed in any more: the layout then leads to the sign-in page. */
function noteSignedOut(error: unknown): void {
  // Not every 401: a wrong current password is one, too.
  if (error instanceof ApiError && error.code === "not_signed_in") {
    queryClient.setQueryData(meQuery.queryKey, null);
  }
}

/** A refusal stays a refusal; only what may pass by itself is tried again. */
function mayPass(failures: number, error: unknown): boolean {
  const passing = !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
  return passing && failures < MOST_RETRIES;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noteSignedOut }),
  mutationCache: new MutationCache({ onError: noteSignedOut }),
  defaultOptions: {
    queries: { retry: mayPass, staleTime: 5_000, networkMode: "always" },
    mutations: { retry: false, networkMode: "always" },
  },
});
