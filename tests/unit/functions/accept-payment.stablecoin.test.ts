// Accepting a payment of the stablecoin rail: the seeds' shape, and what a quote makes of it.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { acceptPayment, type Outcome } from "../../../functions/accept-payment/accept-payment.ts";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import type { FieldError } from "../../../functions/lib/errors/registry.ts";
import { CardSaga, USER } from "../../support/card-saga.ts";
import { quoteFor } from "../../support/conformance/quote-store.ts";

const SEED = { amount: 1000, currency: "EUR", source_account: "acc_a", destination_account: "acc_b" };

let world: CardSaga;
beforeEach(() => {
  world = new CardSaga();
});

let requests = 0;
const post = (body: Record<string, unknown>, idempotencyKey = "key-1", rail?: "card"): Promise<Outcome> =>
  acceptPayment(world)({
    merchantId: "m1",
    requestId: `request-${++requests}`,
    idempotencyKey,
    body,
    ...(rail ? { rail } : {}),
  });

/** Keeps a quote of 10.00 EUR to yen that is good for the next minute. */
function quoted(wanted: Parameters<typeof quoteFor>[1] = {}): string {
  const expires_at = new Date(world.clock.now() + 60_000).toISOString();
  const quote = quoteFor("a quote", { expires_at, ...wanted });
  world.payments.quotes.set(quote.quote_id, quote);
  return quote.quote_id;
}

async function refusal(posted: Promise<Outcome>) {
  const error = await posted.catch((caught) => caught);
  expect(world.payments.ids()).toEqual([]);
  const { name, errors = [] } = error as { name: string; errors?: FieldError[] };
  return [name, ...errors.map(({ pointer, header }) => pointer ?? header)];
}

describe("a payment between two accounts", () => {
  it("is one of the stablecoin rail, in its own currency where no other is named", async () => {
    const { payment_id, response } = await post(SEED);
    expect(violations(schemas.Payment, JSON.parse(response))).toEqual([]);
    expect(JSON.parse(response)).toMatchObject({ ...SEED, rail: "stablecoin", destination_currency: "EUR" });
    expect(await world.payments.load(payment_id)).toMatchObject({ rail: "stablecoin", amount: 1000n });
    expect(await world.payments.events(payment_id)).toMatchObject([{ data: { rail: "stablecoin" } }]);
    expect(world.sagas.started).toEqual([payment_id]);
  });

  it("may say its rail, and may not contradict its shape", async () => {
    expect((await post({ ...SEED, rail: "stablecoin" })).replayed).toBe(false);
    world = new CardSaga();
    expect(await refusal(post({ ...SEED, rail: "card" }))).toEqual([
      "InvalidRequest",
      "/user_id",
      "/source_account",
    ]);
  });

  it.each([
    ["both shapes at once", { user_id: USER }, ["/source_account"]],
    ["no destination", { destination_account: undefined }, ["/destination_account"]],
    ["a card's token", { payment_method: "tok_1" }, ["/payment_method"]],
    ["a currency that does not exist", { destination_currency: "ZZZ" }, ["/destination_currency"]],
    ["the house's account", { source_account: "in_transit" }, ["/source_account"]],
    ["a quote that is no id", { quote_id: "q1" }, ["/quote_id"]],
    ["a card number", { reference: "4111 1111 1111 1111" }, ["/reference"]],
  ])("is refused with %s", async (_, change, pointers) => {
    const [name, ...where] = await refusal(post({ ...SEED, ...change }));
    expect([name, where]).toEqual(["InvalidRequest", expect.arrayContaining(pointers)]);
  });

  it("is not taken where only cards are", async () => {
    expect(await refusal(post(SEED, "key-1", "card"))).toContain("/source_account");
  });

  it("waits outside while the intake of its rail is stopped, and cards go on", async () => {
    world.switches.on.add("stablecoin/stop-intake");
    expect(await refusal(post(SEED))).toEqual(["ServiceUnavailable"]);
    expect((await post({ amount: 1000, currency: "EUR", user_id: USER })).replayed).toBe(false);
  });
});

describe("a payment with a quote", () => {
  const body = (quote_id: string) => ({ ...SEED, destination_currency: "JPY", quote_id });

  it("consumes it, and carries its id", async () => {
    const quote_id = quoted();
    const { payment_id, response } = await post(body(quote_id));
    expect(JSON.parse(response)).toMatchObject({ quote_id, destination_currency: "JPY" });
    expect(world.payments.quotes.get(quote_id)?.consumed_by).toBe(payment_id);
  });

  it("names it in capitals, and shows its id as ours", async () => {
    const quote_id = quoted();
    const { payment_id, response } = await post(body(quote_id.toUpperCase()));
    expect(JSON.parse(response)).toMatchObject({ quote_id });
    expect(world.payments.quotes.get(quote_id)?.consumed_by).toBe(payment_id);
  });

  it("is replayed under its key when the quote is long gone", async () => {
    const first = await post(body(quoted()));
    world.clock.advance(86_400_000);
    expect(await post(body(first ? quoteFor("a quote").quote_id : ""))).toEqual({ ...first, replayed: true });
  });

  it("is refused once the quote expired", async () => {
    const quote_id = quoted();
    world.clock.advance(60_000);
    expect(await refusal(post(body(quote_id)))).toEqual(["QuoteNotUsable"]);
  });

  it("is refused when another payment used the quote", async () => {
    const quote_id = quoted({ consumed_by: "another" });
    expect(await refusal(post(body(quote_id)))).toEqual(["QuoteNotUsable"]);
  });

  it("does not learn whether another merchant has such a quote", async () => {
    expect(await refusal(post(body(quoted({ merchant_id: "m2" }))))).toEqual(["NotFound"]);
    expect(await refusal(post(body(quoteFor("never made").quote_id)))).toEqual(["NotFound"]);
  });

  it("learns where it differs from the quote", async () => {
    const other = { ...body(quoted()), amount: 1001, destination_currency: "KWD" };
    expect(await refusal(post(other))).toEqual(["InvalidRequest", "/amount", "/destination_currency"]);
  });
});
