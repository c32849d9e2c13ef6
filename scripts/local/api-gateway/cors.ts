// Answers cross-origin requests as an HTTP API with a CORS configuration does. Locally every origin
// may call.
import type { Answer, HttpRequest } from "./http-request.ts";

const ORIGIN = { "access-control-allow-origin": "*" };
/** What a page may read of an answer, as terraform/api.tf names it. */
export const EXPOSED = [
  "idempotent-replayed",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "x-request-id",
  "x-trace-id",
];

/** The answer to a preflight, which never reaches a function; undefined for every other request. */
export function answerPreflight({ method, headers }: HttpRequest): Answer | undefined {
  const asked = headers["access-control-request-method"];
  if (method !== "OPTIONS" || headers.origin === undefined || asked === undefined) return undefined;
  return {
    status: 204,
    headers: {
      ...ORIGIN,
      "access-control-allow-methods": "GET,HEAD,POST,PATCH,DELETE,OPTIONS",
      // `*` does not cover Authorization, so the answer names the headers that were asked for.
      "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
      "access-control-max-age": "300",
    },
  };
}

/** The answer as a browser on another origin may read it. */
export function withCors(answer: Answer, { headers }: HttpRequest): Answer {
  if (headers.origin === undefined) return answer;
  const exposed = { "access-control-expose-headers": EXPOSED.join(",") };
  return { ...answer, headers: { ...answer.headers, ...ORIGIN, ...exposed } };
}
