import createClient, { type Middleware } from "openapi-fetch";
import { tellAnswered, tellLost } from "@/shared/lib/reachability";
import type { paths } from "./generated/schema";
import { problemOf, unreachable } from "./problem";

let csrfToken = "";

/** Every write carries the token that the session gave. */
export function keepCsrfToken(token: string): void {
  csrfToken = token;
}

const asked = new WeakMap<Request, number>();

const manners: Middleware = {
  onRequest({ request }) {
    asked.set(request, performance.now());
    if (request.method !== "GET" && csrfToken) request.headers.set("X-CSRF-Token", csrfToken);
  },
  async onResponse({ request, response }) {
    tellAnswered(asked.get(request) ?? 0);
    if (!response.ok) throw await problemOf(response);
  },
  onError() {
    tellLost();
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
