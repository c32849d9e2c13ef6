// The sandbox provider as a process: its API over this machine's HTTP server, and what only a
// laptop has: outages and counters.

import type { Outcome } from "../../../functions/lib/sandbox/call-execution.ts";
import { ORDERS as SANDBOX_FAULT_ORDERS } from "../../../functions/lib/sandbox/faults.ts";
import {
  type Parts,
  type Request as ProviderRequest,
  ROUTES,
  simulateProvider,
} from "../../../functions/simulate-provider/simulate-provider.ts";
import type { Counters } from "../common/counters.ts";
import type { Fault, Faults } from "../common/faults.ts";
import { json, type Request, type Response } from "../common/http.ts";

type Sandbox = Omit<Parts, "count"> & { counters: Counters; faults: Faults };

/** The routes' keys as patterns: `GET /v1/operations/{idempotency_key}`. */
const PATTERNS = Object.keys(ROUTES).map((key) => ({
  key,
  pattern: new RegExp(`^${key.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}));

const respond = (outcome: Outcome): Response =>
  outcome === "lost" ? { status: 500, destroy: true } : json(outcome.status, outcome.body, outcome.headers);

/**
 * The route's key and the path's parameters. A path without a route gives a key that nobody knows.
 */
function matchOf({ method, path }: Request): { routeKey: string; parameters: Record<string, string> } {
  for (const { key, pattern } of PATTERNS) {
    const match = pattern.exec(`${method} ${path}`);
    if (match) return { routeKey: key, parameters: { ...match.groups } };
  }
  return { routeKey: `${method} ${path}`, parameters: {} };
}

const requestOf = (request: Request, path: Record<string, string>): ProviderRequest => ({
  path,
  query: Object.fromEntries(request.query),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : value,
    ]),
  ),
  body: request.body.toString(),
});

function answerFaults(faults: Faults, request: Request): Response | undefined {
  if (request.path === "/_local/faults" && request.method === "POST") {
    const { target, fault, count, seconds } = JSON.parse(request.body.toString()) as Fault;
    if (!Object.hasOwn(SANDBOX_FAULT_ORDERS, target) || !SANDBOX_FAULT_ORDERS[target]?.includes(fault))
      return json(400, { message: `the sandbox knows ${JSON.stringify(SANDBOX_FAULT_ORDERS)}` });
    if (count === undefined && seconds === undefined) return json(400, { message: "give count or seconds" });
  }
  return faults.answer(request);
}

export function createSandbox({
  counters,
  faults,
  ...parts
}: Sandbox): (request: Request) => Promise<Response> {
  const answer = simulateProvider({ ...parts, count: (name) => counters.add(`provider.${name}`) });
  return async (request) => {
    if (request.path === "/_local/health") return json(200, { status: "ok" });
    const local = counters.answer(request) ?? answerFaults(faults, request);
    if (local) return local;
    const { routeKey, parameters } = matchOf(request);
    return respond(await answer(routeKey, requestOf(request, parameters)));
  };
}
