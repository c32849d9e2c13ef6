// The routes that exist only on a laptop: tokens and their keys, the provider's books, faults and
// counters (docs/architecture.md#the-laptops-cloud).
import { canonicalUuid } from "../../../functions/lib/domain/uuid.ts";
import { InvalidRequest } from "../../../functions/lib/errors/registry.ts";
import { handlerKey } from "../../../functions/lib/runtime/routes.ts";
import { PROVIDER_KEY } from "../common/settings.ts";
import { readFaultOrder } from "./fault-order.ts";
import { type Answer, type HttpRequest, jsonAnswer } from "./http-request.ts";
import { grantToken } from "./oauth.ts";
import type { PartsClient } from "./parts-client.ts";
import { readSwitchOrder, turnSwitch } from "./switch-order.ts";
import type { Tokens } from "./tokens.ts";

export type LocalCloud = {
  tokens: Tokens;
  parts: PartsClient;
  functionNames: string[];
  switchNames: string[];
};
type LocalRoute = (request: HttpRequest, cloud: LocalCloud) => Promise<Answer> | Answer;

const ROUTES: Record<string, LocalRoute> = {
  "POST /oauth2/token": (request, { tokens }) => grantToken(request, tokens),
  "GET /.well-known/jwks.json": (_, { tokens }) => jsonAnswer(200, tokens.keySet),
  "GET /sandbox/operations": showOperations,
  "POST /sandbox/faults": orderFault,
  "DELETE /sandbox/faults": async (_, { parts }) => {
    await parts.clearFaults();
    return { status: 204, headers: {} };
  },
  "POST /sandbox/switches": orderSwitch,
  "GET /sandbox/counters": showCounters,
  "DELETE /sandbox/counters": showCounters,
  "GET /_local/health": () => jsonAnswer(200, { status: "ok" }),
};

const isRoute = (key: string): boolean => Object.hasOwn(ROUTES, key);

/**
 * The answer of a local route; undefined for every other request. HEAD is answered like GET: the
 * server leaves out the body. A trailing slash leads to the route without it, as everywhere.
 */
export async function answerLocally(request: HttpRequest, cloud: LocalCloud): Promise<Answer | undefined> {
  const { method, path, query } = request;
  const key = handlerKey(`${method} ${path}`);
  if (isRoute(key)) return ROUTES[key]?.(request, cloud);
  const shorter = path.replace(/\/+$/, "");
  if (shorter === path || !isRoute(handlerKey(`${method} ${shorter}`))) return undefined;
  return { status: 308, headers: { location: query === "" ? shorter : `${shorter}?${query}` } };
}

/** What the provider did for a payment, from its own books. */
async function showOperations({ query }: HttpRequest, { parts }: LocalCloud): Promise<Answer> {
  const paymentId = new URLSearchParams(query).get("payment_id");
  if (!paymentId) throw new InvalidRequest("name the payment: ?payment_id=");
  const books = new URLSearchParams({ reference: canonicalUuid(paymentId) });
  const answer = await parts.ask("sandbox", `/v1/books?${books}`, {
    headers: { authorization: `Bearer ${PROVIDER_KEY}` },
  });
  return {
    status: answer.status,
    headers: { "content-type": "application/json" },
    body: answer.body,
  };
}

async function orderFault({ body }: HttpRequest, { parts, functionNames }: LocalCloud): Promise<Answer> {
  const { part, fault } = readFaultOrder(body, functionNames);
  await parts.orderFault(part, fault);
  return jsonAnswer(201, fault);
}

async function orderSwitch({ body }: HttpRequest, { parts, switchNames }: LocalCloud): Promise<Answer> {
  const order = readSwitchOrder(body, switchNames);
  await turnSwitch(parts, order);
  return jsonAnswer(200, order);
}

/** The sum of all parts' counters. DELETE sets them to zero. */
async function showCounters({ method }: HttpRequest, { parts }: LocalCloud): Promise<Answer> {
  return jsonAnswer(200, await parts.counters(method));
}
