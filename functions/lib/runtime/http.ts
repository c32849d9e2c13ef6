// The HTTP edge of a function: who calls, what they may do, what they sent. Every error becomes a
// problem document.
import middy, { type MiddlewareObj } from "@middy/core";
import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { isMerchantId } from "../domain/accounts.ts";
import { isPaymentId } from "../domain/saga-executions.ts";
import { withCanonicalIds } from "../domain/uuid.ts";
import {
  MerchantMissing,
  NotFound,
  ScopeMissing,
  SubjectMissing,
  Unauthenticated,
} from "../errors/registry.ts";
import { scopePrefix } from "./config.ts";
import { noteIds, withIds } from "./correlation.ts";
import { log } from "./log.ts";
import { measure } from "./metrics.ts";
import { problemCode, problemFor } from "./problem.ts";
import { assertReason } from "./reasons.ts";
import { assertJson, assertMergePatch, objectIn, textOf } from "./request-body.ts";
import { handlerKey, scopesOf } from "./routes.ts";
import { traceId } from "./tracing.ts";

export type HttpEvent = APIGatewayProxyEventV2WithJWTAuthorizer;
export type HttpAnswer = APIGatewayProxyStructuredResultV2;

export type Call = {
  merchantId: string;
  /** Who sends it, by the token; empty where the route has no scope. */
  subject: string;
  scopes: Set<string>;
  requestId: string;
  path: Record<string, string>;
  query: Record<string, string | undefined>;
  headers: Record<string, string | undefined>;
  /** The parsed JSON object of a POST or a PATCH; empty otherwise. */
  body: Record<string, unknown>;
  /** The body as it was sent, only for routes that read it themselves: a signature covers bytes. */
  rawBody: string;
  rawPath: string;
  /** As it was sent, without its question mark. */
  rawQuery: string;
};

export const answer = (status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  statusCode: status,
  headers: { "content-type": "application/json", ...headers },
  body: typeof value === "string" ? value : JSON.stringify(value),
});

type Caller = Pick<Call, "merchantId" | "subject" | "scopes">;

/** Who calls, by the verified claims. A scope without our prefix is another API's. */
function callerOf(event: HttpEvent): Caller {
  const claims = event.requestContext.authorizer?.jwt?.claims ?? {};
  const merchantId = merchantOf(claims);
  // API Gateway reads `scope` or `scp`, and writes a list as "[a b]".
  const scopes = String(claims.scope ?? claims.scp ?? "")
    .replace(/^\[|\]$/g, "")
    .split(" ");
  const subject = subjectOf(claims);
  const ours = scopes.filter((scope) => scope.startsWith(scopePrefix()));
  return { merchantId, subject, scopes: new Set(ours.map((scope) => scope.slice(scopePrefix().length))) };
}

/**
 * The claim `merchant_id`, or the client where a token has none. Empty for what names no merchant:
 * it never gives way to the client.
 */
function merchantOf(claims: Record<string, unknown>): string {
  const name = "merchant_id" in claims ? claims.merchant_id : claims.client_id;
  return typeof name === "string" && isMerchantId(name) ? name : "";
}

/** The token's `sub`, or else its client; empty for what cannot stand for somebody. */
function subjectOf({ sub, client_id }: Record<string, unknown>): string {
  const subject = sub ?? client_id;
  return typeof subject === "string" && /^[\x21-\x7e]{1,128}$/.test(subject) ? subject : "";
}

/** What an operator does is written down with who it was, so that nobody operates unnamed. */
function authorize(event: HttpEvent): Caller {
  const caller = callerOf(event);
  const scopes = scopesOf(event.routeKey);
  if (scopes.length === 0) return caller;
  if (!event.requestContext.authorizer) throw new Unauthenticated("send an access token");
  if (caller.merchantId === "")
    throw new MerchantMissing("neither the claim `merchant_id` nor the client is a merchant's id");
  if (!scopes.some((scope) => caller.scopes.has(scope)))
    throw new ScopeMissing(`this needs the scope ${scopes.join(" or ")}`);
  if (caller.scopes.has("ops") && caller.subject === "")
    throw new SubjectMissing(
      "the token has the scope ops and does not say whose it is: it needs `sub` or `client_id`",
    );
  return caller;
}

/** The body's text; API Gateway hands on as base64 what its content type does not call text. */
const textIn = ({ body = "", isBase64Encoded, headers }: HttpEvent): string =>
  textOf(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"), headers);

/** The body as an object. Throws what request-body.ts says. */
function readBody(event: HttpEvent): Record<string, unknown> {
  const { method } = event.requestContext.http;
  if (method === "PATCH") {
    assertMergePatch(event.headers);
    return objectIn(textIn(event));
  }
  if (method !== "POST") return {};
  // Nothing was sent or announced: fine for an optional body; other routes miss their fields.
  if (!event.body && event.headers["content-type"] === undefined) return {};
  assertJson(event.headers);
  return objectIn(textIn(event));
}

const problems = (): MiddlewareObj<HttpEvent, HttpAnswer> => ({
  onError: (request) => {
    const { error, event } = request;
    const problem = problemFor(error, event.rawPath, event.requestContext.requestId);
    const code = problemCode(error);
    measure({ RequestsRefused: 1 }, { code });
    if (problem.statusCode >= 500) log.error("request failed", { route: event.routeKey, code, error });
    else log.info("request refused", { route: event.routeKey, code });
    request.response = problem;
  },
});

/** Who asks for help names the request; who follows it through the system needs its trace. */
const tracedHeaders = (requestId: string): Record<string, string> => {
  const trace = traceId();
  return { "x-request-id": requestId, ...(trace ? { "x-trace-id": trace } : {}) };
};

/**
 * HEAD is answered like GET, without its body. No answer is kept on its way: a payment's state is
 * of the moment, and of one merchant.
 */
function finished({ body, ...result }: HttpAnswer, { requestContext }: HttpEvent): HttpAnswer {
  const own = { "cache-control": "no-store", ...tracedHeaders(requestContext.requestId) };
  const headers = { ...result.headers, ...own };
  const isBodiless = body === undefined || requestContext.http.method === "HEAD";
  return { ...result, headers, ...(isBodiless ? {} : { body }) };
}

/**
 * The handler of a function's routes, by route key (`POST /payments`). `raw`: the routes read their
 * bodies.
 */
export function httpHandler(
  routes: Record<string, (call: Call) => Promise<HttpAnswer>>,
  bodies: "json" | "raw" = "json",
) {
  const answerCall = middy<HttpEvent, HttpAnswer>()
    .use(problems())
    .handler(async (event) => {
      const route = routes[handlerKey(event.routeKey)];
      if (!route) throw new NotFound("no such route");
      const caller = authorize(event);
      const path = withCanonicalIds((event.pathParameters ?? {}) as Record<string, string>);
      const payment_id = isPaymentId(path.payment_id ?? "") ? path.payment_id : undefined;
      noteIds({ merchant_id: caller.merchantId || undefined, payment_id });
      const call: Call = {
        ...caller,
        requestId: event.requestContext.requestId,
        path,
        query: withCanonicalIds(event.queryStringParameters ?? {}),
        headers: event.headers,
        rawBody: bodies === "raw" ? textIn(event) : "",
        body: bodies === "raw" || event.routeKey === "$default" ? {} : readBody(event),
        rawPath: event.rawPath,
        rawQuery: event.rawQueryString,
      };
      assertReason(event.routeKey, call.body);
      return route(call);
    });
  return (event: HttpEvent, context: Context): Promise<HttpAnswer> => {
    const request_id = event.requestContext.requestId;
    return withIds({ request_id }, async () => finished(await answerCall(event, context), event));
  };
}
