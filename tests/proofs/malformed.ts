// Bad input gets a clear error, never a 5xx, and writes nothing.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { untilQuiet } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import type { Answer, Client } from "./lib/client.ts";
import type { Proof } from "./lib/proof.ts";

type Malformed = { path: string; key: string | undefined; body: string; type: string };

const GOOD = { amount: 500, currency: "INR", user_id: "6f2c1e0a-94c5-4f5e-8a3c-0d3b4a5c6d7e" };

/** Bodies that break the contract somewhere, beside ones that are no JSON at all. */
const brokenBody = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.json({ maxDepth: 3 }),
  fc
    .constantFrom(0, -1, 1.5, 1e12, Number.MAX_VALUE, "500", null, [], {}, true)
    .map((amount) => JSON.stringify({ ...GOOD, amount })),
  fc.string({ maxLength: 8 }).map((currency) => JSON.stringify({ ...GOOD, currency: `${currency}x` })),
  fc.string().map((user_id) => JSON.stringify({ ...GOOD, user_id: `${user_id}!` })),
  fc
    .tuple(fc.string({ minLength: 1 }), fc.jsonValue())
    .map(([name, value]) => JSON.stringify({ ...GOOD, [`x_${name}`]: value })),
  fc.constant(JSON.stringify({ ...GOOD, reference: "4111 1111 1111 1111" })),
  fc.constant(
    '{"amount":500,"currency":"INR","user_id":"6f2c1e0a-94c5-4f5e-8a3c-0d3b4a5c6d7e","reference":"\\ud800"}',
  ),
  fc
    .tuple(fc.constantFrom("explode", "lost", "forged", "wrong_amount"), fc.string({ maxLength: 8 }))
    .map(([fault, operation]) =>
      JSON.stringify({ ...GOOD, metadata: { sandbox: `${fault}_authorize${operation}!` } }),
    ),
  fc.constant(
    JSON.stringify({ ...GOOD, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, ""])) }),
  ),
  fc.constant(JSON.stringify({ ...GOOD, metadata: { long: "x".repeat(70_000) } })),
);

const malformed: fc.Arbitrary<Malformed> = fc.oneof(
  fc.record({
    path: fc.constantFrom("/payments", "/v1/charges"),
    key: fc.constant(randomUUID()),
    body: brokenBody,
    type: fc.constantFrom("application/json", "application/json", "application/json", "text/plain", ""),
  }),
  fc.record({
    path: fc.constant("/payments"),
    key: fc.constantFrom(undefined, "", "x".repeat(256), "a,b", "\u00e9"),
    body: fc.constant(JSON.stringify(GOOD)),
    type: fc.constant("application/json"),
  }),
);

async function send(client: Client, token: string, { path, key, body, type }: Malformed): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": type,
    ...(key === undefined ? {} : { "idempotency-key": key }),
  };
  return client.request("POST", path, { headers, body });
}

export const proof: Proof = {
  claim: "2,000 malformed requests: no 5xx, every one explained, nothing written",
  async run({ client, sized, figure }) {
    const count = sized(2000);
    const token = await client.token("malformed");
    await client.pay("malformed", randomUUID(), "{}");
    await untilQuiet(client);
    const before = await client.counters();
    const statuses = new Map<number, number>();
    const property = fc.asyncProperty(malformed, async (request) => {
      const answer = await send(client, token, request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const { status, headers, json, text } = answer;
      const about = { request, answer: text };
      // The first request that breaks a claim ends it, and is shown as it was sent.
      return (
        claim.atLeast("a malformed request is refused", status, 400, about) &&
        claim.atMost("a malformed request is no failure of ours", status, 499, about) &&
        claim.equal(
          "a refusal is a problem document",
          headers.get("content-type"),
          "application/problem+json",
          about,
        ) &&
        claim.nothing(
          "a refusal says its code, its detail and its request",
          ["code", "detail", "request_id"].filter((member) => !json[member]),
        )
      );
    });
    await fc.assert(property, { numRuns: count, endOnFailure: true });
    const after = await client.counters();
    const writes = (after["dynamodb.TransactWriteItems"] ?? 0) - (before["dynamodb.TransactWriteItems"] ?? 0);
    claim.equal("a malformed request writes nothing", writes, 0);
    figure("requests", count);
    for (const [status, times] of [...statuses].sort()) figure(`answered ${status}`, times);
    figure("writes", writes);
  },
};
