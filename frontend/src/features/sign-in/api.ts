import { queryOptions } from "@tanstack/react-query";
import { call, keepCsrfToken } from "@/shared/api/client";
import type { SignedIn } from "@/shared/api/types";

export const authStateQuery = queryOptions({
  queryKey: ["auth-state"],
  queryFn: () =>
    call<{ needs_setup: boolean; setup_token_required: boolean }>("GET", "/auth/state"),
});

export async function signIn(body: { email: string; password: string }): Promise<void> {
  const signedIn = await call<SignedIn>("POST", "/auth/login", { body });
  keepCsrfToken(signedIn.csrf_token);
}

export interface OwnerSetup {
  name: string;
  email: string;
  password: string;
  setup_token?: string;
}

export async function setUpOwner(body: OwnerSetup): Promise<void> {
  const signedIn = await call<SignedIn>("POST", "/auth/setup", { body });
  keepCsrfToken(signedIn.csrf_token);
}
