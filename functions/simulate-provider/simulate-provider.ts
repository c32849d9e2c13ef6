// The sandbox provider's API: what each route means, who may call it, and how an answer looks. On a
// laptop a process of its own serves it, and in AWS this folder's handler. docs/sandbox.md
// describes it.
import type { Books, Entry } from "../lib/sandbox/books.ts";
import type { Conduct, Outcome, Sent } from "../lib/sandbox/call-execution.ts";
import { FaultPlanError } from "../lib/sandbox/fault-plan.ts";
import type { Misfortune } from "../lib/sandbox/faults.ts";
import type { Forger, Said } from "../lib/sandbox/forger.ts";
import { type Answer, type Call, failure } from "../lib/sandbox/idempotent-operations.ts";
import type { Forgets, Provider } from "../lib/sandbox/provider.ts";
import type { Ramps } from "../lib/sandbox/ramps.ts";
import {
  BadRequest,
  type Body,
  isAllowed,
  planOf,
  readAuthorize,
  readBody,
  readCapture,
  readKey,
  readRamp,
  readReversal,
  readTombstone,
  readVoid,
} from "../lib/sandbox/requests.ts";

export type Parts = {
  books: Books;
  provider: Provider;
  ramps: Ramps;
  conduct: Conduct;
  forger: Forger;
  misfortune: Misfortune;
  /** The bearer token that clients must send. */
  secret: () => Promise<string>;
  /** Counts the calls by the operation that they ask for. */
  count: (name: string) => void;
  /** The newest rows, where the books can list them. */
  newest?: () => Promise<Entry[]>;
};

export type Request = {
  /** The parameters in the route's path. */
  path: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  headers: Record<string, string | undefined>;
  body: string;
};
type Route = (parts: Parts, request: Request) => Promise<Outcome>;

export const ROUTES: Record<string, Route> = {
  "POST /v1/authorizations": operation("authorize", readAuthorize, ({ provider }, call, input) =>
    provider.authorize(call, input),
  ),
  "POST /v1/captures": operation("capture", readCapture, ({ provider }, call, input) =>
    provider.capture(call, input),
  ),
  "POST /v1/voids": operation("void", readVoid, ({ provider, misfortune }, call, input) =>
    provider.void(call, input, forgets(misfortune, input)),
  ),
  "POST /v1/on-ramps": operation("on_ramp", readRamp, ({ ramps }, call, input) => ramps.onRamp(call, input)),
  "POST /v1/off-ramps": operation("off_ramp", readRamp, ({ ramps }, call, input) =>
    ramps.offRamp(call, input),
  ),
  "POST /v1/on-ramp-reversals": operation("reverse_on_ramp", readReversal, ({ ramps }, call, input) =>
    ramps.reverse(call, input),
  ),
  "POST /v1/tombstones": tombstone,
  "GET /v1/operations/{idempotency_key}": query,
  "GET /v1/books": showBooks,
  "GET /v1/rates": showRates,
};

/**
 * Answers a request, also for a route that does not exist. Throws only for a failure of the
 * provider itself.
 */
export const simulateProvider =
  (parts: Parts) =>
  async (routeKey: string, request: Request): Promise<Outcome> => {
    if (!isAllowed(request.headers.authorization, await parts.secret()))
      return failure(401, "unauthorized", "the bearer token is missing or wrong");
    const route = Object.hasOwn(ROUTES, routeKey) ? ROUTES[routeKey] : undefined;
    if (!route) return failure(404, "unknown_route", `there is no ${routeKey}`);
    return route(parts, request).catch((error) => {
      const refusal = refusalOf(error);
      if (refusal) return refusal;
      throw error;
    });
  };

/** The answer for an error of the client; undefined for any other error. */
function refusalOf(error: unknown): Outcome | undefined {
  if (error instanceof FaultPlanError) return failure(400, "unknown_sandbox_fault", error.message);
  const isBadRequest = error instanceof BadRequest || error instanceof URIError;
  return isBadRequest ? failure(400, "invalid_request", error.message) : undefined;
}

/** Keys are `<reference>:<operation>`, so a query of a key finds the fault plan of its payment. */
const referenceOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf(":")));

/** The plan may let a tombstone be set for a key that has an operation. */
const forgets =
  (misfortune: Misfortune, { reference }: { reference: string }): Forgets =>
  async () =>
    (await misfortune.planOf(reference)).strikes("tombstone", "expired_key");

/** A money operation. Its faults are the payment's plan, which comes with the first call. */
function operation<Input extends Said & { reference: string }>(
  name: Sent["operation"],
  read: (body: Body) => Input,
  decide: (parts: Parts, call: Call, input: Input) => Promise<Answer>,
): Route {
  return async (parts, request) => {
    parts.count(name);
    const key = readKey(request.headers["idempotency-key"]);
    const body = readBody(request.body);
    const input = read(body);
    const { reference } = input;
    const { misfortune, forger } = parts;
    await misfortune.keepPlan(reference, planOf(body));
    const sent = { operation: name, key, reference, body };
    await forger.tell(sent, input, await misfortune.planOf(reference));
    return parts.conduct.operate(sent, (call) => decide(parts, call, input));
  };
}

async function tombstone(
  { conduct, provider, misfortune, count }: Parts,
  request: Request,
): Promise<Outcome> {
  count("tombstone");
  readKey(request.headers["idempotency-key"]);
  const input = readTombstone(readBody(request.body));
  const answer = () => provider.tombstoneKey(input, forgets(misfortune, input));
  return conduct.ask(input.reference, answer, false);
}

async function query({ conduct, provider, count }: Parts, request: Request): Promise<Outcome> {
  count("query");
  // AWS does not document whether API Gateway decodes the key. Decoding twice is harmless, because
  // our keys hold no percent sign.
  const key = readKey(decodeURIComponent(request.path.idempotency_key ?? ""));
  return conduct.ask(referenceOf(key), () => provider.query(key), true);
}

async function showBooks(
  { books, newest, provider }: Parts,
  { query: { reference } }: Request,
): Promise<Outcome> {
  if (!reference && !newest) throw new BadRequest("name the payment: ?reference=");
  const rows = reference ? await books.list(reference) : await newest?.();
  return { status: 200, body: { operations: (rows ?? []).map((row) => provider.view(row)) } };
}

async function showRates({ ramps, conduct }: Parts, { query: { currency } }: Request): Promise<Outcome> {
  if (!currency) throw new BadRequest("name the currency: ?currency=");
  return conduct.look(() => ramps.rates(currency));
}
