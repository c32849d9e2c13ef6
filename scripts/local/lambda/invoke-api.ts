// Lambda's Invoke API, as the SDK speaks it. A function that failed is still a 200, and the header
// X-Amz-Function-Error says that it failed. Only what Lambda itself refuses has an error status.
import { randomUUID } from "node:crypto";
import { json, type Request, type Response } from "../common/http.ts";
import { traceIn } from "../common/trace.ts";
import type { AsyncEvents } from "./async-events.ts";
import { type FunctionEntry, REQUESTS_WAITING, resolveFunction, VERSION } from "./catalog.ts";
import { failed, failure, type Outcome } from "./messages.ts";
import { TooManyRequests } from "./pool.ts";
import type { Runner } from "./runner.ts";

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
/** Lambda's quotas for one payload, in bytes: synchronous, in and out; asynchronous, in. */
const SYNC_LIMIT = 6 * 1024 * 1024;
const ASYNC_LIMIT = 1024 * 1024;

export type LambdaApi = {
  catalog: Map<string, FunctionEntry>;
  /** The functions that take payments, by name. */
  intake: string[];
  runner: Runner;
  asyncEvents: AsyncEvents;
};

const refuse = (status: number, type: string, message: string): Response =>
  json(status, { Type: "User", Message: message, message }, { "x-amzn-errortype": type });

/** Answers an invocation; undefined for every other request. */
export async function answerInvocation(request: Request, api: LambdaApi): Promise<Response | undefined> {
  const reference = INVOCATIONS.exec(request.path)?.[1];
  if (reference === undefined || request.method !== "POST") return undefined;
  const qualifier = request.query.get("Qualifier");
  const wanted = decodeURIComponent(reference) + (qualifier ? `:${qualifier}` : "");
  const name = resolveFunction(api.catalog, wanted);
  if (!name) return refuse(404, "ResourceNotFoundException", `Function not found: ${wanted}`);

  const event = request.body.toString() || "{}";
  if (!isJson(event))
    return refuse(400, "InvalidRequestContentException", "Could not parse request body into json");
  const type = String(request.headers["x-amz-invocation-type"] ?? "RequestResponse");
  if (event.length > (type === "Event" ? ASYNC_LIMIT : SYNC_LIMIT)) {
    return refuse(
      413,
      "RequestTooLargeException",
      "Request must be smaller than the invocation payload limit",
    );
  }
  return type === "Event" ? enqueue(api, name, event) : invoke(api, name, event, type, request);
}

function enqueue({ asyncEvents }: LambdaApi, name: string, event: string): Response {
  const requestId = randomUUID();
  asyncEvents.accept(name, event, requestId);
  return { status: 202, headers: { "x-amzn-requestid": requestId } };
}

async function invoke(
  { intake, runner }: LambdaApi,
  name: string,
  event: string,
  type: string,
  { gone, headers }: Request,
): Promise<Response> {
  if (type === "DryRun") return { status: 204 };
  const requestId = randomUUID();
  try {
    const outcome = await runner.run(name, event, requestId, gone, traceIn(headers));
    return answerOf(outcome, requestId, runner.waiting(intake));
  } catch (error) {
    if (!(error instanceof TooManyRequests)) throw error;
    return refuse(429, error.name, error.message);
  }
}

function answerOf(outcome: Outcome, requestId: string, requestsWaiting: number): Response {
  const tooLarge = Buffer.byteLength(outcome.payload) > SYNC_LIMIT;
  const { failed: isFailed, payload } = tooLarge
    ? failed(
        failure(
          "Function.ResponseSizeTooLarge",
          "Response payload size exceeded the maximum of 6291456 bytes",
        ),
      )
    : outcome;
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      "x-amz-executed-version": VERSION,
      [REQUESTS_WAITING]: String(requestsWaiting),
      ...(isFailed ? { "x-amz-function-error": "Unhandled" } : {}),
    },
    body: payload,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // The answer is the report: 400 to the caller.
  }
}
