import { api } from "./client";

type Call = (path: string, init?: unknown) => Promise<{ data?: unknown }>;

/** The client for routes that the generated description doesn't have. */
export const soon = api as unknown as Record<"GET" | "POST" | "PUT" | "DELETE", Call>;
