// Invokes a task's function over Lambda's wire protocol. It names each failure as Step Functions
// names it.

import { type Answer, post } from "../common/post.ts";
import { traceHeaders } from "../common/trace.ts";
import { REQUESTS_WAITING } from "../lambda/catalog.ts";
import type { Json } from "./definition.ts";
import type { Invoke } from "./execution.ts";
import { TaskFailure } from "./one-state.ts";

/** `onRequestsWaiting` is called with how many requests of clients wait for an environment. */
export function lambdaInvoker(
  functionsUrl: string,
  onRequestsWaiting: (count: number) => void = () => undefined,
): Invoke {
  return async ({ resource, payload, trace }, signal) => {
    const url = `${functionsUrl}/2015-03-31/functions/${encodeURIComponent(resource)}/invocations`;
    const type = { "content-type": "application/json", "x-amz-invocation-type": "RequestResponse" };
    const headers = { ...type, ...traceHeaders(trace) };
    const answer = await send(url, headers, JSON.stringify(payload), signal);
    onRequestsWaiting(Number(answer.headers[REQUESTS_WAITING] ?? 0));
    return read(answer);
  };
}

async function send(
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return await post(url, headers, body, signal);
  } catch (error) {
    throw new TaskFailure("Lambda.SdkClientException", String(error));
  }
}

/**
 * The function's result. Its error keeps the name that the function gave it; the whole error
 * is the Cause.
 */
function read({ status, headers, body }: Answer): Json {
  if (status === 429) throw new TaskFailure("Lambda.TooManyRequestsException", body);
  if (status >= 500) throw new TaskFailure("Lambda.ServiceException", body);
  if (status >= 300) {
    const type = String(headers["x-amzn-errortype"] ?? "AWSLambdaException").split(":")[0];
    throw new TaskFailure(`Lambda.${type}`, body);
  }
  const result = parse(body);
  if (headers["x-amz-function-error"] === undefined) return result;
  const { errorType } = (result ?? {}) as { errorType?: unknown };
  throw new TaskFailure(typeof errorType === "string" ? errorType : "Lambda.Unknown", body);
}

function parse(body: string): Json {
  try {
    return JSON.parse(body || "null") as Json;
  } catch (error) {
    throw new TaskFailure("Lambda.Unknown", `The function answered no JSON: ${String(error)}`);
  }
}
