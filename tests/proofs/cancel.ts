// Payments of both rails, some in trouble, each cancelled at a moment of its own: what is taken
// ends undone with nothing held, what is refused goes its way. Then a provider that is down: a
// payment that waits for it is cancelled all the same. PROOF_SEED repeats an earlier run's moments.
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Random } from "../../scripts/lib/random.ts";
import { balanceOf } from "./lib/books.ts";
import { cancel, claimRefused, claimTaken, claimUndone } from "./lib/cancels.ts";
import { claim, demand } from "./lib/claims.ts";
import { type Answer, type Client, concurrently, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import { DESTINATION, SOURCE } from "./lib/conversions.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";

const AMOUNT = 10_000;
/** Of a card payment, less the default policy's fee of 150 basis points. */
const NET = 9_850n;
const WIDTH = 20;
const DOWN_SECONDS = 600;
const HELD_MS = 5_000;
const FUNCTION_FAULTS = ["fail_before", "fail_after", "timeout_after"] as const;

/** Each ends by itself, or waits long enough to be cancelled meanwhile. */
const TROUBLES: Record<string, readonly string[]> = {
  card: [
    "refused_authorize",
    "lost_authorize_x1",
    "unavailable_authorize_x3",
    "lost_capture_x1",
    "refused_capture",
  ],
  stablecoin: [
    "refused_on_ramp",
    "lost_on_ramp_x1",
    "pending_on_ramp_x1",
    "lost_off_ramp_x1",
    "refused_off_ramp",
  ],
};
const RAILS = ["card", "stablecoin"] as const;
type Rail = (typeof RAILS)[number];

type Order = { rail: Rail; body: Json; delay_ms: number; twice: boolean };
type Outcome = { order: Order; id: string; status: number; payment: Json };

export const proof: Proof = {
  claim:
    "300 payments cancelled at random moments: each 202 ends CANCELED or FAILED with nothing held, each 409 says what is possible",
  async run(context) {
    const { client, sized, figure } = context;
    const seed = Number(process.env.PROOF_SEED ?? randomInt(2 ** 31));
    const random = new Random(seed);
    const merchant = newMerchant();
    const spread = await usualMilliseconds(client);
    const orders = Array.from({ length: sized(300) }, (_, index) => drawOrder(random, index, spread));
    const outcomes = await concurrently(orders.length, WIDTH, (index) =>
      cancelled(client, merchant, orders[index] as Order),
    );
    const of = (status: number, end?: string) =>
      outcomes.filter((one) => one.status === status && (end === undefined || one.payment.status === end));
    claim.equal("a cancel is 202 or 409, and nothing else", of(202).length + of(409).length, outcomes.length);
    claim.atLeast("some cancels come in time", of(202).length, 1);
    claim.atLeast("some cancels come too late", of(409).length, 1);
    await claimBalances(client, merchant, outcomes);
    await claimFreed(client, merchant, of(202));
    await claimQuotesUsed(client, merchant, of(202));
    figure("seed", seed);
    figure("payments", outcomes.length);
    figure("202, and CANCELED", of(202, "CANCELED").length);
    figure("202, and FAILED where it was refused", of(202, "FAILED").length);
    figure("409, and COMPLETED", of(409, "COMPLETED").length);
    figure("409, and FAILED by itself", of(409, "FAILED").length);
    await claimTenants(client, of(202)[0]?.id ?? "");
    await claimAskedAgain(context, merchant);
    await claimHeldStarts(context);
  },
};

/** How long a payment takes here, so that the moments fall onto all of its way. */
async function usualMilliseconds(client: Client): Promise<number> {
  const merchant = newMerchant();
  const times = await concurrently(WIDTH, WIDTH, async (index) => {
    const id = await client.accepted(merchant, bodyOf(RAILS[index % 2] ?? "card"));
    const began = performance.now();
    await client.ended(merchant, id);
    return performance.now() - began;
  });
  return times.sort((one, other) => one - other)[Math.floor(WIDTH / 2)] ?? 0;
}

const bodyOf = (rail: Rail, more: Json = {}): Json => ({
  amount: AMOUNT,
  currency: "EUR",
  ...(rail === "card"
    ? { user_id: randomUUID() }
    : { source_account: SOURCE, destination_account: DESTINATION, destination_currency: "JPY" }),
  ...more,
});

function drawOrder(random: Random, index: number, spread: number): Order {
  const rail = RAILS[index % 2] ?? "card";
  const troubles = TROUBLES[rail] as [string, ...string[]];
  const sandbox = random.chance(0.3) ? random.pick(troubles) : undefined;
  const body = bodyOf(rail, {
    reference: `order-${index}`,
    ...(sandbox ? { metadata: { sandbox } } : {}),
  });
  return { rail, body, delay_ms: random.between(0, spread), twice: random.chance(0.2) };
}

/** One payment, cancelled at its moment, and everything that must be true of it at its end. */
async function cancelled(client: Client, merchant: string, order: Order): Promise<Outcome> {
  const { rail, delay_ms, twice } = order;
  const quote_id = rail === "stablecoin" && twice ? await quoteOf(client, merchant) : undefined;
  Object.assign(order.body, quote_id ? { quote_id } : {});
  const id = await client.accepted(merchant, order.body);
  await wait(delay_ms);
  const asks = [cancel(client, merchant, id), ...(twice ? [cancel(client, merchant, id, randomUUID())] : [])];
  const answers = await Promise.all(asks);
  const [{ status, json }] = answers as [Answer];
  if (status === 202) claimTaken(answers);
  else claimRefused(json);
  const payment = await client.ended(merchant, id);
  const again = await cancel(client, merchant, id);
  claim.equal("asked again, the answer is of the same kind", again.status, status, again.text);
  if (status === 202) {
    claim.equal("asked again, it says so", again.headers.get("idempotent-replayed"), "true", again.text);
    claim.equal("asked again, it shows the payment as it is", again.json, payment);
    await claimUndone(client, merchant, rail, payment);
  } else claim.oneOf("what was refused is not cancelled", payment.status, ["COMPLETED", "FAILED"], payment);
  return { order, id, status, payment };
}

async function quoteOf(client: Client, merchant: string): Promise<string> {
  const body = { amount: AMOUNT, currency: "EUR", destination_currency: "JPY" };
  const { status, json, text } = await patiently("a quote", () =>
    client.request("POST", "/quotes", { merchant, body }),
  );
  demand.equal("the quote is given", status, 201, text);
  return String(json.quote_id);
}

/** The accounts have what the completed ones moved, and nothing of the others. */
async function claimBalances(client: Client, merchant: string, outcomes: Outcome[]): Promise<void> {
  const completed = (rail: Rail): bigint =>
    BigInt(
      outcomes.filter(({ order, payment }) => order.rail === rail && payment.status === "COMPLETED").length,
    );
  const expected = [
    ["settlement", completed("card") * NET],
    [SOURCE, -completed("stablecoin") * BigInt(AMOUNT)],
  ] as const;
  for (const [account, available] of expected) {
    let seen = { pending: 0n, available: 0n };
    await client
      .until(`the balance of ${account} is ${available}`, async () => {
        seen = await balanceOf(client, merchant, account, "EUR");
        return seen.available === available && seen.pending === 0n ? true : undefined;
      })
      .catch(() =>
        claim.equal("an account has what completed, and no more", seen, { pending: 0n, available }),
      );
  }
  const { holdings } = await client.get(OPERATOR, "/accounts/in_transit/holdings");
  const ids = new Set(outcomes.map(({ id }) => id));
  const held = (holdings as { payment_id: string }[]).filter(({ payment_id }) => ids.has(payment_id));
  claim.nothing(
    "nobody is listed as holding anything",
    held.map(({ payment_id }) => payment_id),
  );
}

/** The reference of what was cancelled is free: a payment that carries it is taken. */
async function claimFreed(client: Client, merchant: string, taken: Outcome[]): Promise<void> {
  for (const { order } of taken.slice(0, WIDTH)) {
    const body = bodyOf("card", {
      reference: order.body.reference,
      metadata: { sandbox: "refused_authorize" },
    });
    const { status, text } = await patiently("a payment", () => client.pay(merchant, randomUUID(), body));
    claim.equal("the reference of what was cancelled is free", status, 202, text);
  }
}

/** A quote is one price for one payment, whatever became of that. */
async function claimQuotesUsed(client: Client, merchant: string, taken: Outcome[]): Promise<void> {
  for (const { order } of taken.filter(({ order: { body } }) => body.quote_id).slice(0, WIDTH)) {
    const body = bodyOf("stablecoin", { quote_id: order.body.quote_id });
    const { status, json, text } = await patiently("a payment", () =>
      client.pay(merchant, randomUUID(), body),
    );
    claim.equal(
      "the quote of what was cancelled is used",
      [status, json.code],
      [409, "QuoteNotUsable"],
      text,
    );
  }
}

/** To another merchant it is as if there were no such payment, but for the path that it named. */
async function claimTenants(client: Client, id: string): Promise<void> {
  const stranger = newMerchant();
  const answers = [await cancel(client, stranger, id), await cancel(client, stranger, randomUUID())];
  const shown = answers.map(({ status, json: { instance: _, request_id: __, ...problem } }) => [
    status,
    problem,
  ]);
  claim.equal("another merchant is told what is told of nothing", shown[0], shown[1]);
  claim.equal("another merchant finds nothing", answers[0]?.status, 404, shown);
}

/** Our own function dies over it, before its write or after: whoever asks again is answered. */
async function claimAskedAgain({ client, figure }: Context, merchant: string): Promise<void> {
  for (const fault of FUNCTION_FAULTS) {
    const id = await client.accepted(
      merchant,
      bodyOf("card", { metadata: { sandbox: "unavailable_authorize" } }),
    );
    await client.fault({ target: "cancel-payment", fault, count: 1 });
    const { status, text } = await cancel(client, merchant, id);
    claim.equal("a cancel whose answer was lost is answered when it is asked for again", status, 202, text);
    const payment = await client.ended(merchant, id);
    claim.equal("it ends CANCELED then", payment.status, "CANCELED", payment);
  }
  figure("answers lost, asked again, and CANCELED", FUNCTION_FAULTS.length);
}

/** Their starts wait for a provider that is down, and they end while it is. */
async function claimHeldStarts({ client, sized, figure }: Context): Promise<void> {
  const merchant = newMerchant();
  await client.fault({ target: "provider", fault: "unavailable", seconds: DOWN_SECONDS });
  try {
    // The first ones still begin, and find out that it is down.
    await cancelHeld(client, merchant);
    const count = sized(20);
    await concurrently(count, WIDTH, async () => {
      const { id, status, text } = await cancelHeld(client, merchant);
      claim.equal("a payment that waits for its start is cancelled", status, 202, text);
      const payment = await client.ended(merchant, id);
      claim.equal("it ends CANCELED while its provider is down", payment.status, "CANCELED", payment);
      claim.equal("the provider did nothing for it", await client.effects(id), []);
    });
    figure("held by a provider that is down, and CANCELED meanwhile", count);
  } finally {
    await client.clearFaults();
  }
}

/** Cancels a payment that has waited for its start for longer than a start takes. */
function cancelHeld(client: Client, merchant: string): Promise<Answer & { id: string }> {
  return client.until("a start is held", async () => {
    const id = await client.accepted(merchant, bodyOf("card"));
    await wait(HELD_MS);
    const { status } = await client.get(merchant, `/payments/${id}`);
    const answer = await cancel(client, merchant, id);
    return status === "PENDING" ? { ...answer, id } : undefined;
  });
}
