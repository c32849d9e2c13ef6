// Problem documents (RFC 9457) of the gateway itself. They come from the functions' own registry
// and mapper, so a client cannot see who refused. AWS's gateway keeps its own bodies for its own
// errors (docs/architecture.md#errors-over-http). The local gateway is the better of the two.

import { shownPath } from "../../../functions/lib/domain/shown-path.ts";
import { RequestError } from "../../../functions/lib/errors/registry.ts";
import { problemFor } from "../../../functions/lib/runtime/problem.ts";
import type { Answer } from "./http-request.ts";

/** Thrown to answer a problem with further headers. */
export class Refusal extends Error {
  readonly reason: RequestError;
  readonly headers: Record<string, string>;
  constructor(reason: RequestError, headers: Record<string, string>) {
    super(reason.message);
    this.reason = reason;
    this.headers = headers;
  }
}

/**
 * The answer for anything thrown. What is not a refusal is our own mistake: it is logged and
 * answered 500.
 */
export function problemAnswer(thrown: unknown, path: string, requestId: string): Answer {
  const error = thrown instanceof Refusal ? thrown.reason : thrown;
  if (!(error instanceof RequestError)) console.error(`${requestId} ${shownPath(path)}:`, error);
  const { statusCode, headers, body } = problemFor(error, path, requestId);
  const extra = thrown instanceof Refusal ? thrown.headers : {};
  return {
    status: statusCode,
    headers: { ...(headers as Record<string, string>), ...extra },
    body: body ?? "",
  };
}
