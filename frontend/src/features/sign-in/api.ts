import { queryOptions } from "@tanstack/react-query";
import { answer, api, keepCsrfToken } from "@/shared/api/client";

export const authStateQuery = queryOptions({
  queryKey: ["auth-state"],
  queryFn: () => answer(api.GET("/api/v1/auth/state")),
});

export async function signIn(body: { email: string; password: string }): Promise<void> {
  const signedIn = await answer(api.POST("/api/v1/auth/login", { body }));
  keepCsrfToken(signedIn.csrf_token);
}

export interface OwnerSetup {
  name: string;
  email: string;
  password: string;
  setup_token?: string;
}

export async function setUpOwner(body: OwnerSetup): Promise<void> {
  const signedIn = await answer(api.POST("/api/v1/auth/setup", { body }));
  keepCsrfToken(signedIn.csrf_token);
}

export const inviteQuery = (token: string) =>
  queryOptions({
    queryKey: ["invite", token],
    queryFn: () =>
      answer(api.GET("/api/v1/invites/{invite}", { params: { path: { invite: token } } })),
    retry: false,
  });

interface Acceptance {
  password: string;
  name?: string;
  email?: string;
}

export async function acceptInvite(token: string, body: Acceptance): Promise<void> {
  const path = { invite: token };
  const signedIn = await answer(api.POST("/api/v1/invites/{invite}", { params: { path }, body }));
  keepCsrfToken(signedIn.csrf_token);
}

export function joinByInvite(token: string) {
  return answer(api.POST("/api/v1/invites/{invite}/join", { params: { path: { invite: token } } }));
}
