// The event that a function gets from an HTTP API: payload format 2.0.
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import { ACCOUNT_ID } from "../common/settings.ts";
import type { Claims } from "./authorizer.ts";
import { type HttpRequest, isText } from "./http-request.ts";
import type { Match } from "./routes.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `12/Mar/2020:19:03:58 +0000` */
function logTime(now: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${two(now.getUTCDate())}/${MONTHS[now.getUTCMonth()]}/${now.getUTCFullYear()}`;
  return `${day}:${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())} +0000`;
}

const whenAny = <T extends object>(name: string, members: T): Record<string, T> =>
  Object.keys(members).length > 0 ? { [name]: members } : {};

function queryParameters(query: string): Record<string, string> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(",")]),
  );
}

function body(request: HttpRequest): object {
  if (request.body.length === 0) return { isBase64Encoded: false };
  const asText = isText(request);
  return { body: request.body.toString(asText ? "utf8" : "base64"), isBase64Encoded: !asText };
}

/**
 * Payload format 2.0. `claims` are given only when the route has an authorizer. The token's
 * scopes are a claim. `scopes` lists what a route demands of the authorizer, and ours demand
 * nothing of it.
 */
export function eventOf(request: HttpRequest, match: Match, claims: Claims | undefined, now: Date): object {
  const { cookie, ...headers } = request.headers;
  const domainName = headers.host ?? "localhost";
  return {
    version: "2.0",
    routeKey: match.routeKey,
    rawPath: request.path,
    rawQueryString: request.query,
    ...(cookie ? { cookies: cookie.split(/; */) } : {}),
    headers,
    ...whenAny("queryStringParameters", queryParameters(request.query)),
    ...whenAny("pathParameters", match.pathParameters),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: "local",
      ...(claims ? { authorizer: { jwt: { claims, scopes: null } } } : {}),
      domainName,
      domainPrefix: domainName.split(".")[0],
      http: {
        method: request.method,
        path: request.path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: request.id,
      routeKey: match.routeKey,
      stage: "$default",
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...body(request),
  };
}
