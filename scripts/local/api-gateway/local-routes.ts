// The routes that exist only on a laptop: tokens and their keys, the provider's books, faults and
// counters (docs/architecture.md#the-laptops-cloud).
import { InvalidRequest } from "../../../functions/lib/errors/registry.ts";
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

/** The answer of a local route; undefined for every other request. */
export async function answerLocally(request: HttpRequest, cloud: LocalCloud): Promise<Answer | undefined> {
  const key = `${request.method} ${request.path}`;
  return Object.hasOwn(ROUTES, key) ? ROUTES[key]?.(request, cloud) : undefined;
}

/** What the provider did for a payment, from its own books. */
async function showOperations({ query }: HttpRequest, { parts }: LocalCloud): Promise<Answer> {
  const paymentId = new URLSearchParams(query).get("payment_id");
  if (!paymentId) throw new InvalidRequest("name the payment: ?payment_id=");
  const answer = await parts.ask("sandbox", `/v1/books?${new URLSearchParams({ reference: paymentId })}`, {
    headers: { authorization: `Bearer ${PROVIDER_KEY}` },
  });
  return {
    status: answer.status,
    headers: { "content-type": "application/json" },
    body: await answer.text(),
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
