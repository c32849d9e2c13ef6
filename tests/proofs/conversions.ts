// Two hundred conversions, three in ten of them in trouble: every one ends, and the provider's
// books, the ledger and the payments agree to the unit.
import { balanceOf, claimTrialBalance } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { type Client, concurrently, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import { type Conversion, convert, DESTINATION, partings, rampsOf, SOURCE } from "./lib/conversions.ts";
import { untilEnded } from "./lib/ending.ts";
import type { Proof } from "./lib/proof.ts";

const PAIRS = [
  ["EUR", "JPY"],
  ["JPY", "KWD"],
  ["KWD", "EUR"],
  ["USD", "GBP"],
  ["GBP", "INR"],
  ["EUR", "EUR"],
] as const;
const IN_TROUBLE = 0.3;
/** What may befall a conversion. Each ends by itself, and nobody prescribes which way. */
const TROUBLES = [
  "refused_on_ramp",
  "refused_off_ramp",
  "refused_off_ramp,refused_reverse_on_ramp_x2",
  "lost_on_ramp_x1",
  "lost_off_ramp_x1",
  "refused_off_ramp,lost_reverse_on_ramp_x1",
  "unavailable_on_ramp_x2",
  "unavailable_off_ramp_x2",
  "timeout_on_ramp_x1",
  "timeout_off_ramp_x1",
  "pending_on_ramp_x1",
  "pending_off_ramp_x1",
  "lost_on_ramp_x1,unavailable_query_x2",
  "duplicate_off_ramp",
  "expired_key_on_ramp_x1,lost_on_ramp_x1",
];
const CONCURRENCY = 20;
const HOLDING = ["clearing", "in_transit", "payout"];

/** The same payments in every run. */
const troubleOf = (index: number): string | undefined =>
  (index * 7) % 10 < IN_TROUBLE * 10 ? TROUBLES[index % TROUBLES.length] : undefined;

function conversionOf(index: number): Conversion {
  const [currency, destination_currency] = PAIRS[index % PAIRS.length] ?? PAIRS[0];
  return { currency, destination_currency, amount: 5_000 + index * 137 };
}

export const proof: Proof = {
  claim:
    "200 payments over 6 currency pairs with 30 % faults: each terminal or parked with a reason, everything agrees to the unit",
  stack: { env: { CONTRA_TIME_SCALE: "4" } },
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const count = sized(200);
    const started = performance.now();
    const payments = await concurrently(count, CONCURRENCY, async (index) => {
      const sandbox = troubleOf(index);
      const id = await convert(
        client,
        merchant,
        conversionOf(index),
        sandbox ? { metadata: { sandbox } } : {},
      );
      const ending = await untilEnded(client, merchant, id, 250);
      return { ending, payment: await client.get(merchant, `/payments/${id}`) };
    });
    const seconds = (performance.now() - started) / 1000;
    const ended = (end: string) => payments.filter(({ ending }) => ending.end === end).length;
    const parked = payments.flatMap(({ ending }) =>
      ending.end === "PARKED" ? [ending.at ?? "nowhere"] : [],
    );
    claim.nothing(
      "what is parked says at which state",
      parked.filter((at) => at === "unknown"),
    );

    figure("payments", count);
    figure("in trouble", payments.filter((_, index) => troubleOf(index)).length);
    figure("COMPLETED", ended("COMPLETED"));
    figure("FAILED, undone", ended("FAILED"));
    figure("parked", parked.length === 0 ? 0 : `${parked.length} (${[...new Set(parked)].join(", ")})`);

    const books = await Promise.all(
      payments.map(({ payment }) => client.operations(String(payment.payment_id))),
    );
    const wrong = payments.flatMap(({ payment }, index) => partings(payment, books[index] ?? []));
    claim.nothing("every payment agrees with the provider's books", wrong);

    const expected = expectedBalances(
      payments.map(({ payment }) => payment),
      books,
    );
    await claimTrialBalance(client, ended("COMPLETED") * 4);
    for (const [key, amount] of expected) await untilBalance(client, merchant, key, amount);
    if (parked.length === 0) await claimNothingHeld(client, merchant);

    figure("balances compared to the unit", expected.size);
    figure("payments per second", (count / seconds).toFixed(1));
  },
};

/**
 * What each account must hold, by the payments and by the provider's books alone: `account
 * currency` to minor units.
 */
function expectedBalances(
  payments: Json[],
  books: Awaited<ReturnType<Client["operations"]>>[],
): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  const add = (account: string, currency: unknown, amount: unknown, sign: 1n | -1n): void => {
    const key = `${account} ${currency}`;
    balances.set(key, (balances.get(key) ?? 0n) + BigInt(Number(amount ?? 0)) * sign);
  };
  payments.forEach((payment, index) => {
    const { bought, paid, sold } = bookedOf(payment, rampsOf(books[index] ?? []));
    const { status, amount, currency, destination_amount, destination_currency } = payment;
    // What was paid out belongs to the destination, what failed to the source, and what is parked
    // keeps its hold.
    add(SOURCE, currency, status === "FAILED" ? 0 : amount, -1n);
    add(DESTINATION, destination_currency, status === "COMPLETED" ? destination_amount : 0, 1n);
    for (const one of bought) add("ramp_settlement", one.currency, one.amount, 1n);
    for (const one of [...sold, ...paid])
      add("ramp_settlement", one.receive_currency, one.receive_amount, -1n);
  });
  return balances;
}

/** Of what the ramps did: what is booked of a payment that is parked is what it shows. */
function bookedOf({ status, on_ramp_tx_id, off_ramp_tx_id }: Json, ramps: ReturnType<typeof rampsOf>) {
  if (status !== "IN_REVIEW") return ramps;
  const { bought, paid } = ramps;
  return {
    bought: bought.filter(({ id }) => id === on_ramp_tx_id),
    paid: paid.filter(({ id }) => id === off_ramp_tx_id),
    sold: [],
  };
}

async function untilBalance(client: Client, merchant: string, key: string, amount: bigint): Promise<void> {
  const [account = "", currency = ""] = key.split(" ");
  let last = 0n;
  const isThere = async () => {
    last = (await balanceOf(client, merchant, account, currency)).available;
    return last === amount ? true : undefined;
  };
  await client
    .until(`${key} is ${amount}`, isThere)
    .catch(() => claim.equal("every account has what payments and provider say", last, amount, key));
}

/** Nothing is left between source and destination, and nobody is listed as holding anything. */
async function claimNothingHeld(client: Client, merchant: string): Promise<void> {
  for (const account of HOLDING) {
    const { balances } = await client.get(OPERATOR, `/accounts/${account}/balance`);
    for (const { currency } of balances as { currency: string }[])
      await untilBalance(client, merchant, `${account} ${currency}`, 0n);
  }
  const { holdings } = await client.get(OPERATOR, "/accounts/in_transit/holdings");
  claim.equal("nobody is listed as holding anything", holdings, []);
}
