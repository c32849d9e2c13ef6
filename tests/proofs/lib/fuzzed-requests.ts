// Requests that no route may take, over every route of the manifest: odd paths, queries and headers
// beside broken bodies. A GET may be answered, and must not fail.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import manifest from "../../../functions/manifest.json" with { type: "json" };
import { PROVIDER_WEBHOOK_SECRET } from "../../../scripts/local/common/settings.ts";
import { NAMES_OF_OBJECTS } from "../../support/hostile-json.ts";
import { type Broken, brokenBody } from "./fuzzed-bodies.ts";

type Route = { method: string; path: string; scope?: string };
export type Fuzzed = {
  /** The route of the manifest, `POST /payments`. */
  route: string;
  /** What is odd about it. */
  what: string;
  method: string;
  path: string;
  scope: string | undefined;
  /** Names and values in turn, so that one may stand twice. The token comes to them. */
  headers: string[];
  body?: Buffer;
  /** True where only a refusal is right. */
  isRefused: boolean;
};

/** Of the API, by the manifest. The routes of the sandbox provider belong to another API. */
export const ROUTES: readonly Route[] = Object.values(manifest.functions).flatMap((fn) =>
  "routes" in fn && !("sandbox" in fn) ? (fn.routes as Route[]) : [],
);

const USER = "6f2c1e0a-94c5-4f5e-8a3c-0d3b4a5c6d7e";
const annotations = { reference: "r-1", description: "a chair", metadata: { order: "7" } };
const card = { amount: 500, currency: "INR", user_id: USER, ...annotations };
const conversion = { amount: 500, currency: "EUR", source_account: "a", destination_account: "b" };
const told = { operation: "capture", state: "succeeded", id: "c" };
const webhook = {
  type: "operation.updated",
  operation: { ...told, idempotency_key: `${USER}:capture`, at: "2026-01-01T00:00:00Z", amount: 500 },
};

/** A body that its route would take, but for what is broken; any other takes a reason, if any. */
const GOOD: Record<string, { good: Record<string, unknown>; required?: string[] }[]> = {
  "POST /payments": [
    { good: card, required: ["amount", "currency", "user_id"] },
    { good: conversion, required: ["amount", "currency", "source_account", "destination_account"] },
  ],
  "PATCH /payments/{payment_id}": [{ good: annotations }],
  "POST /v1/charges": [{ good: card, required: ["amount", "currency", "user_id"] }],
  "POST /quotes": [
    {
      good: { amount: 500, currency: "EUR", destination_currency: "JPY", amount_side: "source" },
      required: ["amount", "currency", "destination_currency"],
    },
  ],
  "POST /accounts": [
    { good: { account_id: "fuzzed", overdraft: "forbid" }, required: ["account_id"] },
    {
      good: { account_id: "fuzzed", overdraft: "allow", overdraft_limits: { EUR: 500 } },
      required: ["account_id"],
    },
  ],
  "POST /accounts/{account_id}/deposits": [
    { good: { amount: 500, currency: "EUR", merchant_id: "m1" }, required: ["amount", "currency"] },
  ],
  "POST /sagas/{payment_id}/redrive": [{ good: { new_attempt: true, learned: told } }],
  "POST /provider-webhooks/{provider}": [{ good: webhook, required: ["type", "operation"] }],
};

const JSON_TYPE = ["content-type", "application/json"];

/** A part of a path or of a query that may stand there as it is. */
const oddPart: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(USER, USER.toUpperCase(), `${USER}-a2`, "in_transit", "sandbox", "fees", "a"),
  fc.constantFrom(...NAMES_OF_OBJECTS),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom(
    "%00",
    "%2e%2e",
    "%2F",
    "%25",
    "..",
    "%ff",
    "%f0%9f%98%80",
    "x".repeat(2_000),
    "4111111111111111",
  ),
);
const path = (pattern: string): fc.Arbitrary<string> => {
  const parts = pattern.split("/").map((part) => (part.startsWith("{") ? oddPart : fc.constant(part)));
  return fc.tuple(...parts).map((found) => found.join("/"));
};
const query: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constant(""), weight: 3 },
  {
    arbitrary: fc
      .array(fc.tuple(fc.oneof(fc.constantFrom("limit", "cursor", "from", "to", "kind"), oddPart), oddPart), {
        maxLength: 4,
      })
      .map((pairs) => `?${pairs.map((pair) => pair.join("=")).join("&")}`),
    weight: 2,
  },
  { arbitrary: fc.constantFrom("?", "?&&", "?=", "?%", "?limit=%zz", "?limit=1&limit=2"), weight: 1 },
);

/** A media type that no route takes. */
const oddType = fc.constantFrom(
  [],
  ["content-type", "text/plain"],
  ["content-type", ""],
  ["content-type", "application/json; charset=utf-16"],
  // Twice the same, and not JSON: a gateway may make one header of two.
  ["content-type", "text/plain", "content-type", "text/plain"],
  ["content-type", `application/${"+".repeat(3_000)}`],
  ["content-type", `application/json${" ".repeat(3_000)}x`],
  ["content-type", "application/json", "content-encoding", "gzip"],
  ["content-type", "multipart/form-data; boundary=x"],
);
/** One more that a patch is not, and versions that no payment is meant by. */
const oddPatch = fc.constantFrom<string[][]>(
  ["content-type", "application/json-patch+json"],
  [...JSON_TYPE, "if-match", "7"],
  [...JSON_TYPE, "if-match", '"7'],
  [...JSON_TYPE, "if-match", '"7"', "if-match", "W/*"],
  [...JSON_TYPE, "if-match", ",".repeat(3_000)],
);
/** A key that is not taken, for the routes that take one. */
const oddKey = fc.constantFrom(
  [],
  ["idempotency-key", ""],
  ["idempotency-key", "x".repeat(256)],
  ["idempotency-key", "a", "idempotency-key", "b"],
  ["idempotency-key", "a,b"],
  ["idempotency-key", "\u00e9"],
  ["idempotency-key", '"half'],
  ["idempotency-key", "4111111111111111"],
);
/** Of no meaning to anybody. */
const harmless: fc.Arbitrary<string[]> = fc.oneof(
  { arbitrary: fc.constant<string[]>([]), weight: 4 },
  {
    arbitrary: fc.constantFrom<string[][]>(
      ["accept", "text/html"],
      ["accept", "*/*", "accept", "\u00ff"],
      ["constructor", "x", "__proto__", "y", "toString", "z"],
      ["x-amzn-trace-id", "Root=1-zzz;Sampled=;Root="],
      ["traceparent", "00-0-0-0"],
      ["if-match", "*", "range", "bytes=0-1", "expect-ct", "x"],
      ["x-forwarded-for", "1.1.1.1", "x-forwarded-for", "::1", "forwarded", "for=_x"],
      ["cookie", "a=b; c", "cookie", "d"],
      ["x-long", "x".repeat(4_000)],
    ),
    weight: 1,
  },
);

const KEYED = ["POST /payments", "POST /v1/charges", "POST /accounts/{account_id}/deposits"];
const key = (): string[] => ["idempotency-key", randomUUID()];

function writes(route: Route): fc.Arbitrary<Fuzzed> {
  const name = `${route.method} ${route.path}`;
  const known = GOOD[name] ?? [{ good: { reason: "it was asked for" } }];
  const base = { route: name, method: route.method, scope: route.scope, isRefused: true };
  const of = (what: string, at: string, headers: string[], body: Buffer): Fuzzed => ({
    ...base,
    ...{ what, path: at, headers, body },
  });
  const withBody = fc
    .tuple(
      path(route.path),
      harmless,
      fc.oneof(...known.map(({ good, required }) => brokenBody(good, required))),
    )
    .map(([at, more, { what, bytes }]) => of(what, at, [...JSON_TYPE, ...key(), ...more], bytes));
  const good = fc.constantFrom(...known.map((one) => Buffer.from(JSON.stringify(one.good))));
  const withType = fc
    .tuple(path(route.path), oddType, good)
    .map(([at, type, body]) => of("an odd media type", at, [...type, ...key()], body));
  const withPatch = fc
    .tuple(path(route.path), oddPatch, good)
    .map(([at, odd, body]) => of("an odd patch", at, odd, body));
  const withKey = fc
    .tuple(path(route.path), oddKey, good)
    .map(([at, odd, body]) => of("an odd key", at, [...JSON_TYPE, ...odd], body));
  return fc.oneof(
    { arbitrary: withBody, weight: 8 },
    { arbitrary: withType, weight: 1 },
    ...(route.method === "PATCH" ? [{ arbitrary: withPatch, weight: 1 }] : []),
    ...(KEYED.includes(name) ? [{ arbitrary: withKey, weight: 1 }] : []),
  );
}

/** Signed by the provider, or by nobody. What is not known here is let pass, and writes nothing. */
function webhooks(route: Route): fc.Arbitrary<Fuzzed> {
  const body: fc.Arbitrary<Broken> = fc.oneof(
    { arbitrary: brokenBody(webhook, ["type", "operation"]), weight: 2 },
    {
      arbitrary: brokenBody(webhook.operation, ["idempotency_key", "state", "at"]).map(({ what, bytes }) => ({
        what: `an operation with ${what}`,
        bytes: Buffer.concat([
          Buffer.from('{"type":"operation.updated","operation":'),
          bytes,
          Buffer.from("}"),
        ]),
      })),
      weight: 3,
    },
  );
  const headersFor = (bytes: Buffer, signature: "ours" | "odd" | "stale"): string[] => {
    const at = new Date(Date.now() - (signature === "stale" ? 3_600_000 : 0));
    const id = `msg_${randomUUID()}`;
    const signed = new Webhook(PROVIDER_WEBHOOK_SECRET).sign(id, at, bytes.toString());
    return [
      ...["webhook-id", id, "webhook-timestamp", String(Math.floor(at.getTime() / 1000))],
      ...["webhook-signature", signature === "odd" ? `v1,${id} v2,x ,${",".repeat(99)}` : signed],
    ];
  };
  return fc
    .tuple(
      fc.oneof({ arbitrary: fc.constant("/provider-webhooks/sandbox"), weight: 4 }, path(route.path)),
      body,
      fc.constantFrom<("ours" | "odd" | "stale")[]>("ours", "ours", "ours", "odd", "stale"),
      harmless,
    )
    .map(([at, { what, bytes }, signature, more]) => ({
      route: `${route.method} ${route.path}`,
      what: `${what}, signature ${signature}`,
      ...{ method: "POST", path: at, scope: route.scope, body: bytes },
      headers: [...JSON_TYPE, ...headersFor(bytes, signature), ...more],
      isRefused: signature !== "ours",
    }));
}

/** Read, and asked for with other methods, which no path knows. */
function reads(route: Route): fc.Arbitrary<Fuzzed> {
  return fc
    .tuple(path(route.path), query, harmless, fc.constantFrom("GET", "GET", "GET", "HEAD"))
    .map(([at, search, headers, method]) => ({
      route: `${route.method} ${route.path}`,
      what: "an odd path or query",
      ...{ method, path: `${at}${search}`, scope: route.scope, headers },
      isRefused: false,
    }));
}

const nowhere: fc.Arbitrary<Fuzzed> = fc
  .tuple(
    fc.constantFrom("PUT", "PATCH", "DELETE", "POST", "GET", "HEAD", "OPTIONS"),
    fc.array(oddPart, { minLength: 2, maxLength: 4 }),
    query,
    harmless,
  )
  .map(([method, parts, search, headers]) => ({
    route: "$default",
    what: "no route",
    ...{ method, path: `/${parts.join("/")}${search}`, scope: undefined, headers },
    isRefused: true,
  }));

function ofRoute(route: Route): fc.Arbitrary<Fuzzed> {
  if (route.path === "$default") return nowhere;
  if (route.method === "GET") return reads(route);
  return route.scope === undefined ? webhooks(route) : writes(route);
}

/** The orders that only a laptop takes, whatever their media type. */
const ORDERS: Record<string, { good: Record<string, unknown>; required: string[] }> = {
  "/sandbox/faults": {
    good: { target: "post-ledger", fault: "fail_after", count: 1 },
    required: ["target", "fault", "count"],
  },
  "/sandbox/switches": { good: { name: "card/stop-intake", value: "off" }, required: ["name", "value"] },
};
const orders = fc.oneof(
  ...Object.entries(ORDERS).map(([at, { good, required }]) =>
    fc.tuple(brokenBody(good, required), harmless).map(
      ([{ what, bytes }, headers]): Fuzzed => ({
        ...{ route: `POST ${at}`, what, method: "POST", path: at, scope: undefined },
        ...{ headers: [...JSON_TYPE, ...headers], body: bytes, isRefused: true },
      }),
    ),
  ),
);

/** A request of any route; those with a body come more often. */
export const fuzzedRequest: fc.Arbitrary<Fuzzed> = fc.oneof(
  { arbitrary: orders, weight: 2 },
  ...ROUTES.map((route) => ({
    arbitrary: ofRoute(route),
    weight: ["POST", "PATCH"].includes(route.method) ? 6 : 1,
  })),
);
