import createClient from "openapi-fetch";
import { serverClock } from "../lib/server-clock";
import type { paths } from "./schema";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

async function timedFetch(request: Request): Promise<Response> {
  const askedAt = Date.now();
  const response = await fetch(request);
  serverClock.observeAnswer(response.headers.get("Date"), askedAt, Date.now());
  return response;
}

export const client = createClient<paths>({ baseUrl: location.origin, fetch: timedFetch });

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** That it was done, where there is nothing more to say, or the error the server explained. */
export function done(outcome: Outcome<unknown>): void {
  if (!outcome.response.ok) unwrap({ response: outcome.response, error: outcome.error });
}

/** The data of an answer, or the error the server explained. */
export function unwrap<T>({ data, error, response }: Outcome<T>): T {
  if (data !== undefined) return data;
  const { error: message, code } = (error ?? {}) as { error?: unknown; code?: unknown };
  throw new ApiError(
    response.status,
    typeof code === "string" ? code : "unexpected-answer",
    typeof message === "string" ? message : `The server answered ${response.status}.`,
  );
}
