// Requests as API Gateway hands them to a function (HTTP API, payload format 2.0).
import type { HttpAnswer, HttpEvent } from "../../functions/lib/runtime/http.ts";

type Given = {
  path?: Record<string, string>;
  rawPath?: string;
  rawQueryString?: string;
  /** Where the route key does not say it. */
  method?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Text is sent as it is, bytes as base64 as the gateway does it, everything else as JSON. */
  body?: unknown;
  /** The token's claims; null for a request without a token. */
  claims?: Record<string, string> | null;
};

export const CLAIMS = { client_id: "m1", scope: "payments:write payments:read" };

/** `request("POST /payments", { body })`, sent by merchant m1 unless the claims say otherwise. */
export function request(routeKey: string, given: Given = {}): HttpEvent {
  const [routed = "", path = ""] = routeKey.split(" ");
  const { method = routed, rawQueryString = "" } = given;
  const { claims = CLAIMS, body, rawPath = path } = given;
  const isBase64Encoded = Buffer.isBuffer(body);
  const text = isBase64Encoded
    ? body.toString("base64")
    : typeof body === "string"
      ? body
      : JSON.stringify(body);
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString,
    ...(given.query ? { queryStringParameters: given.query } : {}),
    headers: { "content-type": "application/json", ...given.headers },
    ...(given.path ? { pathParameters: given.path } : {}),
    requestContext: {
      requestId: "request-1",
      http: { method, path: rawPath },
      ...(claims ? { authorizer: { jwt: { claims, scopes: [] } } } : {}),
    },
    ...(text === undefined ? {} : { body: text }),
    isBase64Encoded,
  } as unknown as HttpEvent;
}

export type Handler = { handler: (event: HttpEvent, context: never) => Promise<HttpAnswer> };

/** Calls the handler and reads its answer. */
export async function call({ handler }: Handler, event: HttpEvent) {
  const { statusCode, headers = {}, body = "" } = await handler(event, {} as never);
  return { status: statusCode, headers, text: body, body: JSON.parse(body) as Record<string, unknown> };
}
