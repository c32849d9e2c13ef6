// A provider's webhook is believed when it is signed, and when somebody asked for what it tells. It
// does no harm when it repeats itself or comes early. It is enough to complete a payment whose
// provider answers no question.
import { randomUUID } from "node:crypto";
import { PROVIDER_WEBHOOK_SECRET } from "../../scripts/local/common/settings.ts";
import { claimOneCapture, claimTrail, HAPPY_TRAIL, untilQuiet } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import {
  type Client,
  concurrently,
  failureOf,
  type Json,
  newMerchant,
  OPERATOR,
  type Operation,
} from "./lib/client.ts";
import { booked, findingsOf, ordered } from "./lib/ordered.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";
import { type Sent, signed } from "./lib/signed-webhook.ts";

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
    await sayWhatIsNew(context, merchant, id);
    await tellWhatNobodyAsked(context);
    await contradict(context);
    await tellAfterTheEnd(context);
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

const send = async (client: Client, { headers, body }: Sent, path = PATH): Promise<number> =>
  (await client.request("POST", path, { headers, body })).status;

type Told = Operation & { id: string; at: string };

async function captureOf(client: Client, paymentId: string): Promise<object> {
  const found = (await client.operations(paymentId)).find(({ operation }) => operation === "capture");
  const { id, operation, idempotency_key, state, at } = found as Told;
  const { amount, currency } = found as Told;
  return { id, operation, idempotency_key, reference: paymentId, amount, currency, state, at };
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
    ["a body that is no webhook", signed({ ...capture, state: 7 }), 400],
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

/** A provider adds to what it tells. What is not known here is taken, and written nowhere. */
async function sayWhatIsNew({ client, figure }: Context, merchant: string, id: string): Promise<void> {
  const capture = (await captureOf(client, id)) as { at: string };
  const news: [string, Sent][] = [
    ["a member", signed({ ...capture, network: "sandbox" })],
    ["a state", signed({ ...capture, state: "paid" })],
    ["an operation", signed({ ...capture, operation: "dispute", idempotency_key: `${id}:dispute` })],
    ["a type", signed(capture, PROVIDER_WEBHOOK_SECRET, new Date(), "dispute.opened")],
    ["a time without milliseconds", signed({ ...capture, at: capture.at.replace(/\.\d+Z$/, "Z") })],
  ];
  const [payment, before] = [await client.get(merchant, `/payments/${id}`), await client.written()];
  for (const [name, sent] of news) claim.equal("what is new is taken", await send(client, sent), 204, name);
  claim.equal("what is new writes nothing", await client.written(), before);
  claim.equal("what is new changes no payment", await client.get(merchant, `/payments/${id}`), payment);
  figure("new to us, and taken", news.length);
}

const DISAGREES = "provider-disagrees";

/**
 * Signed, of a payment that lives, and about what nobody asked for, or less than was asked for:
 * orders, and what then becomes of the payment and stands in the provider's books.
 */
const LIES: { plan: string; ends: string; code?: string; books: string[]; isFound: boolean }[] = [
  { plan: "forged_capture_x1", ends: "COMPLETED", books: ["authorize", "capture"], isFound: true },
  { plan: "forged_void_x1", ends: "COMPLETED", books: ["authorize", "capture"], isFound: true },
  { plan: "forged_off_ramp_x1", ends: "COMPLETED", books: ["authorize", "capture"], isFound: true },
  {
    plan: "forged_capture_x1,refused_authorize",
    ends: "FAILED",
    code: "CardDeclined",
    books: ["authorize refused"],
    isFound: true,
  },
  {
    plan: "partial_authorize",
    ends: "FAILED",
    code: "PartiallyApproved",
    books: ["authorize in part", "void in part"],
    isFound: false,
  },
  {
    plan: "partial_authorize,lost_authorize_x1",
    ends: "FAILED",
    code: "PartiallyApproved",
    books: ["authorize in part", "void in part"],
    isFound: false,
  },
];

async function tellWhatNobodyAsked({ client, sized, figure }: Context): Promise<void> {
  const all = Array.from({ length: sized(10) }, () => LIES).flat();
  await concurrently(all.length, CONCURRENCY, async (index) => {
    const { plan, ends, code, books, isFound } = all[index] as (typeof LIES)[number];
    const merchant = newMerchant();
    const id = await ordered(client, merchant, "card", plan);
    const payment = await client.ended(merchant, id);
    const about = { plan, payment };
    claim.equal(
      "what nobody asked for decides nothing",
      [payment.status, failureOf(payment).code],
      [ends, code],
      about,
    );
    claim.equal("the provider did what was asked for, and no more", await booked(client, id), books, about);
    if (isFound) await untilFound(client, id);
  });
  figure("told of what nobody asked for, or of less", all.length);
}

/** The word is there before the payment ends, and its finding with it. */
const untilFound = (client: Client, id: string): Promise<true> =>
  client.until(`the disagreement about ${id} is found`, async () =>
    (await findingsOf(client, OPERATOR, id)).includes(DISAGREES) ? true : undefined,
  );

/**
 * Two words that cannot both be true stop the payment until a person names the one that holds. A
 * saga on a busy machine may end before it hears of them: then they are found.
 */
async function contradict({ client, sized, scale, figure }: Context): Promise<void> {
  const plans = ["contradicted_capture", "refused_capture,contradicted_capture"];
  const all = Array.from({ length: sized(5) }, () => plans).flat();
  let decided = 0;
  await concurrently(all.length, CONCURRENCY, async (index) => {
    const plan = all[index] ?? "";
    const merchant = newMerchant();
    const id = await ordered(client, merchant, "card", plan);
    const { status } = await client.ended(merchant, id);
    await untilFound(client, id);
    if (status !== "IN_REVIEW") return;
    decided += 1;
    const before = await booked(client, id);
    claim.equal("nothing is undone while it stands", before.includes("void"), false, { id, plan, before });
    const capture = (await client.operations(id)).find(({ operation }) => operation === "capture") as Told;
    await decide(client, id, { operation: "capture", state: capture.state, id: capture.id });
    const ends = capture.state === "succeeded" ? "COMPLETED" : "FAILED";
    const payment = await client.until(`payment ${id} ends`, async () => {
      const now = await client.get(merchant, `/payments/${id}`);
      return now.status === "COMPLETED" || now.status === "FAILED" ? now : undefined;
    });
    claim.equal("the word that a person names decides", payment.status, ends, { plan, payment });
  });
  claim.atLeast("contradictions park their payments", decided, scale < 1 ? 0 : 1);
  figure("contradictions found", all.length);
  figure("contradictions decided by a person", decided);
}

/** The sweep may be at work with the payment just now. */
const decide = (client: Client, id: string, learned: Json): Promise<true> =>
  client.until(`the operator's word about ${id} is taken`, async () => {
    const path = `/sagas/${id}/redrive`;
    const { status, text } = await patiently(path, () =>
      client.request("POST", path, { merchant: OPERATOR, body: { learned } }),
    );
    claim.oneOf("an operator's word is taken, or comes while the saga is at work", status, [202, 409], text);
    return status === 202 ? true : undefined;
  });

/** Of a payment that has completed: another amount, another currency, another id, another time. */
async function tellAfterTheEnd({ client, figure }: Context): Promise<void> {
  const lies: [string, object][] = [
    ["another amount", { amount: 1 }],
    ["another currency", { currency: "USD" }],
    ["another operation's id", { id: "cap_forged" }],
    ["a time to come", { id: "cap_forged", at: new Date(Date.now() + 86_400_000).toISOString() }],
    ["the contrary", { state: "refused" }],
  ];
  for (const [name, lie] of lies) {
    const merchant = newMerchant();
    const id = await ordered(client, merchant, "card");
    const payment = await client.ended(merchant, id);
    const status = await send(client, signed({ ...(await captureOf(client, id)), ...lie }));
    claim.equal("a word that is in doubt is taken", status, 204, name);
    await untilFound(client, id);
    const now = await client.get(merchant, `/payments/${id}`);
    claim.equal(
      "it changes no payment",
      [now.status, now.capture_id],
      [payment.status, payment.capture_id],
      name,
    );
  }
  figure("told after the end, and found", lies.length);
}
