// Every error over HTTP is a problem document (RFC 9457). Our own have their class's status, the
// store's are 503, the rest are 500.
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { withoutCardNumbers } from "../domain/card-data.ts";
import { shownPath } from "../domain/shown-path.ts";
import {
  type FieldError,
  RequestError,
  ServiceUnavailable,
  StoreContention,
  StoreUnavailable,
} from "../errors/registry.ts";

/** What a client may wait before it tries again, in seconds. */
const RETRY_AFTER = "1";

/** More of them help nobody, and a body may have thousands: whoever finds more need not tell. */
export const MOST_ERRORS = 50;

function requestErrorFor(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error;
  if (error instanceof StoreContention || error instanceof StoreUnavailable) {
    return new ServiceUnavailable("nothing is lost: send the same request again", [], {});
  }
  return undefined;
}

/** The first of them, and a line that says that there are more. */
const shown = (errors: FieldError[]): FieldError[] =>
  errors.length <= MOST_ERRORS
    ? errors
    : [
        ...errors.slice(0, MOST_ERRORS),
        { pointer: "", detail: `has more errors than the ${MOST_ERRORS} that are shown` },
      ];

/** The name under which clients know the error. */
export const problemCode = (error: unknown): string => requestErrorFor(error)?.name ?? "InternalError";

/**
 * Names and words of a request may stand in an answer, but no card number. A pointer's `~1` is the
 * sender's slash.
 */
const shownError = ({ pointer, header, parameter, detail }: FieldError): FieldError => ({
  ...(pointer === undefined ? {} : { pointer: shownPointer(pointer) }),
  ...(header === undefined ? {} : { header }),
  ...(parameter === undefined ? {} : { parameter: withoutCardNumbers(parameter) }),
  detail: withoutCardNumbers(detail),
});

/** A reference to the request's path: what was decoded is encoded again. */
function shownInstance(path: string): string {
  const shown = shownPath(path);
  return shown === path ? path : encodeURI(shown.toWellFormed());
}

function shownPointer(pointer: string): string {
  const names = pointer.replaceAll("~1", "/").replaceAll("~0", "~");
  const shown = withoutCardNumbers(names);
  return shown === names ? pointer : shown;
}

/** The answer for an error; what is not ours says nothing about its inside. */
export function problemFor(
  error: unknown,
  instance: string,
  requestId: string,
): APIGatewayProxyStructuredResultV2 & { statusCode: number } {
  const known = requestErrorFor(error);
  const status = known?.status ?? 500;
  const code = problemCode(error);
  return {
    statusCode: status,
    headers: {
      "content-type": "application/problem+json",
      "x-request-id": requestId,
      ...(status === 503 ? { "retry-after": RETRY_AFTER } : {}),
      ...(typeof known?.members.allow === "string" ? { allow: known.members.allow } : {}),
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...known?.headers,
    },
    body: JSON.stringify({
      type: `urn:contra:problem:${code}`,
      title: known?.title ?? "Something went wrong on our side",
      status,
      detail: withoutCardNumbers(known?.message ?? "the error was logged under this request_id"),
      instance: shownInstance(instance),
      code,
      request_id: requestId,
      ...(known && known.errors.length > 0 ? { errors: shown(known.errors).map(shownError) } : {}),
      ...known?.members,
    }),
  };
}
