// A provider's webhook is believed when it is signed. It does no harm when it repeats itself or
// comes early. It is enough to complete a payment whose provider answers no question.
import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { PROVIDER_WEBHOOK_SECRET } from "../../scripts/local/common/settings.ts";
import { claimOneCapture, claimTrail, HAPPY_TRAIL, untilQuiet } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { type Client, concurrently, newMerchant, type Operation } from "./lib/client.ts";
import type { Context, Proof } from "./lib/proof.ts";

const PATH = "/provider-webhooks/sandbox";
const CONCURRENCY = 20;

/**
 * Orders for the sandbox, and how many payments follow each. The last two leave nothing to go by
 * but the webhook.
 */
const PLANS: [string, number][] = [
  ["duplicate_authorize,duplicate_capture", 40],
  ["lost_capture_x1,duplicate_capture", 20],
  ["timeout_capture_x1", 10],
  ["lost_capture,unavailable_query", 20],
  ["lost_authorize,unavailable_query", 20],
];

export const proof: Proof = {
  claim:
    "signed facts complete payments whose provider answers nothing, forged ones are refused, repeated ones change nothing",
  async run(context) {
    const merchant = newMerchant();
    const ids = await completeAll(context, merchant);
    await untilQuiet(context.client);
    const id = ids[0] ?? "";
    await refuseForgeries(context, merchant, id);
    await repeat(context, merchant, id);
  },
};

async function completeAll({ client, sized, figure }: Context, merchant: string): Promise<string[]> {
  const before = await client.counters();
  const plans = PLANS.flatMap(([plan, full]) => Array.from({ length: sized(full) }, () => plan));
  const ids = await concurrently(plans.length, CONCURRENCY, async (index) => {
    const metadata = { sandbox: plans[index] ?? "" };
    const body = { amount: 4200, currency: "EUR", user_id: randomUUID(), metadata };
    const id = await client.accepted(merchant, body);
    const payment = await client.ended(merchant, id);
    claim.equal("every payment completes", payment.status, "COMPLETED", {
      ordered: metadata.sandbox,
      payment,
    });
    return id;
  });
  await concurrently(ids.length, CONCURRENCY, (index) => claimWholeWay(client, merchant, ids[index] ?? ""));
  const after = await client.counters();
  const sent = (after["provider.webhooks"] ?? 0) - (before["provider.webhooks"] ?? 0);
  claim.atLeast("the provider tells of every authorization and capture", sent, ids.length * 2);
  figure("payments completed", ids.length);
  figure("of them by webhook alone", sized(20) * 2);
  figure("webhooks sent", sent);
  return ids;
}

async function claimWholeWay(client: Client, merchant: string, id: string): Promise<void> {
  await claimOneCapture(client, id);
  await client.until(`payment ${id} is announced`, async () => {
    const { events } = (await client.get(merchant, `/payments/${id}/events`)) as { events: unknown[] };
    return events.length >= HAPPY_TRAIL.length ? true : undefined;
  });
  await claimTrail(client, merchant, id, HAPPY_TRAIL);
}

type Sent = { headers: Record<string, string>; body: string };

/** A webhook as the provider would sign it now. */
function signed(operation: object, secret = PROVIDER_WEBHOOK_SECRET, at = new Date()): Sent {
  const body = JSON.stringify({ type: "operation.updated", operation });
  const id = `msg_${randomUUID()}`;
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  return { headers, body };
}

const send = async (client: Client, { headers, body }: Sent, path = PATH): Promise<number> =>
  (await client.request("POST", path, { headers, body })).status;

type Told = Operation & { id: string; at: string };

async function captureOf(client: Client, paymentId: string): Promise<object> {
  const found = (await client.operations(paymentId)).find(({ operation }) => operation === "capture");
  const { id, operation, idempotency_key, state, at } = found as Told;
  return { id, operation, idempotency_key, reference: paymentId, state, at };
}

/** Every other way to say it is refused, and nothing is written. */
async function refuseForgeries({ client, figure }: Context, merchant: string, id: string): Promise<void> {
  const capture = await captureOf(client, id);
  const good = signed(capture);
  const { "webhook-signature": _, ...unsigned } = good.headers;
  const lie = { ...capture, state: "refused", id: "cap_forged" };
  const stranger = randomUUID();
  const strange = { ...capture, reference: stranger, idempotency_key: `${stranger}:capture` };
  const sixMinutesAgo = new Date(Date.now() - 360_000);
  const cases: [string, Sent, number, string?][] = [
    ["another secret", signed(lie, "whsec_Zm9yZ2Vk"), 401],
    ["another body under a good signature", { ...good, body: signed(lie).body }, 401],
    ["no signature", { ...good, headers: unsigned }, 401],
    ["a stale signature", signed(lie, PROVIDER_WEBHOOK_SECRET, sixMinutesAgo), 401],
    ["no JSON, unsigned", { headers: {}, body: "{" }, 401],
    ["a body that is no webhook", signed({ ...capture, state: "paid" }), 400],
    ["another key than ours", signed({ ...capture, idempotency_key: `${id}:void` }), 400],
    ["a payment that does not exist", signed(strange), 404],
    ["an unknown provider", good, 404, "/provider-webhooks/nobody"],
  ];
  const before = await client.written();
  for (const [name, sent, status, path] of cases)
    claim.equal(`a webhook is refused: ${name}`, await send(client, sent, path), status);
  claim.equal("a refused webhook writes nothing", await client.written(), before);
  figure("forged or malformed, refused", cases.length);
  const { status } = await client.get(merchant, `/payments/${id}`);
  claim.equal("a forged webhook changes no payment", status, "COMPLETED");
}

/** The same valid webhook ten times, and an earlier state that comes last. */
async function repeat({ client, figure }: Context, merchant: string, id: string): Promise<void> {
  const capture = await captureOf(client, id);
  const good = signed(capture);
  const [payment, before] = [await client.get(merchant, `/payments/${id}`), await client.written()];
  for (let time = 0; time < 10; time += 1)
    claim.equal("a repeated webhook is taken", await send(client, good), 204);
  const early = signed({ ...capture, state: "pending" });
  claim.equal("an early state that comes late is taken", await send(client, early), 204);
  claim.equal("a repeated webhook writes nothing", await client.written(), before);
  claim.equal(
    "a repeated webhook changes no payment",
    await client.get(merchant, `/payments/${id}`),
    payment,
  );
  figure("repeated in vain", 10);
}
