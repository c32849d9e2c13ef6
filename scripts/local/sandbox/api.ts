// The provider's HTTP API: who may call, which route means what, and how an answer looks. docs/sandbox.md describes it.
import { timingSafeEqual } from "node:crypto";
import type { Counters } from "../lib/counters.ts";
import type { Fault, Faults } from "../lib/faults.ts";
import { json, type Request, type Response } from "../lib/http.ts";
import type { Books } from "./books.ts";
import type { Conduct, Outcome } from "./conduct.ts";
import { FaultPlanError } from "./fault-plan.ts";
import { type Misfortune, OUTAGES } from "./misfortune.ts";
import { type Call, failure, type Operation, type Provider, view } from "./provider.ts";
import {
  BadRequest,
  type Body,
  planOf,
  readAuthorize,
  readBody,
  readCapture,
  readKey,
  readVoid,
} from "./requests.ts";

type Parts = {
  books: Books;
  provider: Provider;
  conduct: Conduct;
  misfortune: Misfortune;
  counters: Counters;
  faults: Faults;
  /** What clients send as bearer token. */
  secret: string;
};

const ROUTES: Record<string, Operation> = {
  "/v1/authorizations": "authorize",
  "/v1/captures": "capture",
  "/v1/voids": "void",
};
const QUERY = "/v1/operations/";

const respond = (outcome: Outcome): Response =>
  outcome === "lost" ? { status: 500, destroy: true } : json(outcome.status, outcome.body);
/** Keys are `<reference>:<operation>`, so a question about a key finds the plan of its payment. */
const referenceOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf(":")));

function isAllowed(request: Request, secret: string): boolean {
  const given = Buffer.from(String(request.headers.authorization ?? ""));
  const wanted = Buffer.from(`Bearer ${secret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function answerFaults(faults: Faults, request: Request): Response | undefined {
  if (request.path === "/_local/faults" && request.method === "POST") {
    const { target, fault, count, seconds } = JSON.parse(request.body.toString()) as Fault;
    if (target !== "provider" || !OUTAGES.some((name) => name === fault))
      return json(400, { message: `target provider knows the faults ${OUTAGES.join(", ")}` });
    if (count === undefined && seconds === undefined) return json(400, { message: "give count or seconds" });
  }
  return faults.answer(request);
}

/** Reads the request and binds it to what the provider decides about it. */
function prepare(provider: Provider, operation: Operation, body: Body) {
  if (operation === "authorize") {
    const input = readAuthorize(body);
    return { input, decide: (call: Call) => provider.authorize(call, input) };
  }
  if (operation === "capture") {
    const input = readCapture(body);
    return { input, decide: (call: Call) => provider.capture(call, input) };
  }
  const input = readVoid(body);
  return { input, decide: (call: Call) => provider.void(call, input) };
}

/** The money operations: their faults are the payment's plan, which comes with the first call. */
async function operate(parts: Parts, operation: Operation, request: Request): Promise<Response> {
  const key = readKey(request.headers["idempotency-key"]);
  const body = readBody(request.body);
  const { input, decide } = prepare(parts.provider, operation, body);
  const { reference } = input;
  await parts.misfortune.keepPlan(reference, planOf(body));
  return respond(await parts.conduct.operate({ operation, key, reference, body }, decide));
}

async function tombstone({ conduct, provider }: Parts, request: Request): Promise<Response> {
  readKey(request.headers["idempotency-key"]);
  const input = readVoid(readBody(request.body));
  return respond(await conduct.ask(input.reference, () => provider.tombstoneKey(input), false));
}

async function query({ conduct, provider }: Parts, request: Request): Promise<Response> {
  const key = readKey(decodeURIComponent(request.path.slice(QUERY.length)));
  return respond(await conduct.ask(referenceOf(key), () => provider.query(key), true));
}

async function route(parts: Parts, request: Request): Promise<Response> {
  const { method, path } = request;
  const count = (name: string) => parts.counters.add(`provider.${name}`);
  const operation = method === "POST" ? ROUTES[path] : undefined;
  if (operation) {
    count(operation);
    return operate(parts, operation, request);
  }
  if (method === "POST" && path === "/v1/tombstones") {
    count("tombstone");
    return tombstone(parts, request);
  }
  if (method === "GET" && path.startsWith(QUERY)) {
    count("query");
    return query(parts, request);
  }
  if (method === "GET" && path === "/v1/books") {
    const entries = await parts.books.list(request.query.get("reference") ?? undefined);
    return json(200, { operations: entries.map(view) });
  }
  return respond(failure(404, "unknown_route", `there is no ${method} ${path}`));
}

/** Undefined for what is no client's fault. */
function refusalOf(error: unknown): Response | undefined {
  if (error instanceof FaultPlanError) return respond(failure(400, "unknown_sandbox_fault", error.message));
  const isBadRequest = error instanceof BadRequest || error instanceof URIError;
  return isBadRequest ? respond(failure(400, "invalid_request", error.message)) : undefined;
}

export function createSandbox(parts: Parts): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.path === "/_local/health") return json(200, { status: "ok" });
    const local = parts.counters.answer(request) ?? answerFaults(parts.faults, request);
    if (local) return local;
    if (!isAllowed(request, parts.secret))
      return respond(failure(401, "unauthorized", "the bearer token is missing or wrong"));
    return route(parts, request).catch((error) => {
      const refusal = refusalOf(error);
      if (refusal) return refusal;
      throw error;
    });
  };
}
