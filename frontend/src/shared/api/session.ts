import { queryOptions } from "@tanstack/react-query";
import { answer, api, keepCsrfToken } from "./client";
import { ApiError } from "./problem";
import type { Me } from "./types";

/** Who is signed in, or `null`. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me | null> => {
    try {
      const me = await answer(api.GET("/api/v1/me"));
      keepCsrfToken(me.csrf_token ?? "");
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** The server keeps the choice for this session: every later request is about that workspace. */
export function enterWorkspace(id: string) {
  return answer(api.GET("/api/v1/me", { headers: { "X-Workspace": id } }));
}

export function signOut() {
  return answer(api.POST("/api/v1/auth/logout"));
}
