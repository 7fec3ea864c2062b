import type { GraphProblem } from "./types";

interface ProblemDocument {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  hint?: string;
  problems?: GraphProblem[];
  [extra: string]: unknown;
}

/** A refusal of the server, or that it could not be reached (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  /** The last part of the problem's `type`, such as `path_taken`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly problems: readonly GraphProblem[];
  readonly retryAfterSeconds: number | null;
  /** The whole answer: a 409 on a draft carries `revision` and `graph`. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, document: ProblemDocument, retryAfterSeconds: number | null = null) {
    const title = document.title ?? fallbackTitle(status);
    super(document.detail ? `${title}: ${document.detail}` : title);
    this.name = "ApiError";
    this.status = status;
    this.code = document.type?.split("/").at(-1) ?? "unexpected";
    this.title = title;
    this.detail = document.detail ?? "";
    this.hint = document.hint ?? fallbackHint(status);
    this.problems = document.problems ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
    this.body = document;
  }
}

function fallbackTitle(status: number): string {
  if (status === 0) return "Nodeloom can't be reached";
  if (status >= 500) return "The server could not do this";
  return `The server refused this (${status})`;
}

function fallbackHint(status: number): string {
  if (status === 0) return "Check that it is running and that you are online, then try again.";
  if (status >= 500) return "Try again; if it happens again, look at the server's log.";
  return "";
}

export function unreachable(): ApiError {
  return new ApiError(0, {});
}

export async function problemOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  return new ApiError(response.status, parse(text), retryAfter(response));
}

function parse(text: string): ProblemDocument {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as ProblemDocument) : {};
  } catch {
    return {};
  }
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

/** Errors per field, for a form: `{"email": "…"}`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const entries = error.problems
    .filter((problem) => problem.field)
    .map((problem) => [problem.field ?? "", sentence(problem)] as const);
  return Object.fromEntries(entries);
}

function sentence(problem: GraphProblem): string {
  return problem.hint ? `${problem.message} ${problem.hint}` : problem.message;
}
