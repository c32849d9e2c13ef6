// Problem documents (RFC 9457) of the gateway itself, by the functions' own registry and mapper: a
// client cannot tell who refused. AWS's gateway keeps its own bodies for its own errors
// (docs/architecture.md#errors-over-http); the local one is the better of the two.
import { RequestError } from "../../../functions/lib/errors/registry.ts";
import { problemFor } from "../../../functions/lib/runtime/problem.ts";
import type { Answer } from "./http-request.ts";

/** Throw to answer a problem with further headers. */
export class Refusal extends Error {
  readonly reason: RequestError;
  readonly headers: Record<string, string>;
  constructor(reason: RequestError, headers: Record<string, string>) {
    super(reason.message);
    this.reason = reason;
    this.headers = headers;
  }
}

/** The answer for anything thrown; what is not a refusal is our own mistake: logged, and a 500. */
export function problemAnswer(thrown: unknown, path: string, requestId: string): Answer {
  const error = thrown instanceof Refusal ? thrown.reason : thrown;
  if (!(error instanceof RequestError)) console.error(`${requestId} ${path}:`, error);
  const { statusCode, headers, body } = problemFor(error, path, requestId);
  const extra = thrown instanceof Refusal ? thrown.headers : {};
  return {
    status: statusCode,
    headers: { ...(headers as Record<string, string>), ...extra },
    body: body ?? "",
  };
}
