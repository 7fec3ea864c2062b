import createClient, { type Middleware } from "openapi-fetch";
import { tellReachable } from "@/shared/lib/reachability";
import type { paths } from "./generated/schema";
import { problemOf, unreachable } from "./problem";

let csrfToken = "";

/** Every write carries the token that the session gave. */
export function keepCsrfToken(token: string): void {
  csrfToken = token;
}

const manners: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrfToken) request.headers.set("X-CSRF-Token", csrfToken);
  },
  async onResponse({ response }) {
    tellReachable(true);
    if (!response.ok) throw await problemOf(response);
  },
  onError() {
    tellReachable(false);
    return unreachable();
  },
};

export const api = createClient<paths>({ baseUrl: "" });
api.use(manners);

/** What a call gave; a refusal was thrown as an `ApiError` already. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** The same where the document says no more than "JSON": the caller knows the shape. */
export function answerAs<T>(call: Promise<{ data?: unknown }>): Promise<T> {
  return answer(call) as Promise<T>;
}
