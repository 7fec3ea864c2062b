import { tellReachable } from "@/shared/lib/reachability";
import { problemOf, unreachable } from "./problem";

const BASE = "/api/v1";

let csrfToken = "";

/** Every write carries the token that the session gave. */
export function keepCsrfToken(token: string): void {
  csrfToken = token;
}

type Query = Record<string, string | number | boolean | null | undefined>;

interface Call {
  query?: Query;
  body?: unknown;
}

export async function call<T>(
  method: string,
  path: string,
  { query, body }: Call = {},
): Promise<T> {
  const response = await reach(address(path, query), {
    method,
    headers: headers(method, body),
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, init);
    tellReachable(true);
    return response;
  } catch {
    tellReachable(false);
    throw unreachable();
  }
}

function headers(method: string, body: unknown): Headers {
  const result = new Headers({ Accept: "application/json" });
  if (body !== undefined && !(body instanceof FormData)) {
    result.set("Content-Type", "application/json");
  }
  if (method !== "GET" && csrfToken) result.set("X-CSRF-Token", csrfToken);
  return result;
}

function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const tail = search.toString();
  return tail ? `${BASE}${path}?${tail}` : `${BASE}${path}`;
}
