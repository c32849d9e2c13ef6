// What accept-payment refuses: always before anything is written, and with everything that is wrong
// at once.
import { describe, expect, it } from "@jest/globals";
import { acceptPayment, type Request } from "../../../functions/accept-payment/accept-payment.ts";
import { fingerprintOf } from "../../../functions/lib/domain/idempotency.ts";
import type { FieldError } from "../../../functions/lib/errors/registry.ts";
import { CardSaga, USER } from "../../support/card-saga.ts";
import { acceptanceFor } from "../../support/conformance/fixtures.ts";

const BODY = { amount: 1000, currency: "EUR", user_id: USER };
const CARD = "4111 1111 1111 1111";
const ORDER = "/metadata/sandbox";

/** Where the errors of a refused request point; `[]` when it was accepted. */
async function refused(
  body: Record<string, unknown>,
  given: Partial<Request> = {},
  takesOrders = true,
): Promise<string[]> {
  const saga = new CardSaga();
  saga.takesOrders = takesOrders;
  const request = { merchantId: "m1", requestId: "r", idempotencyKey: "key-1", body, ...given };
  try {
    await acceptPayment(saga)(request);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: "InvalidRequest", status: 400 });
    expect(await saga.payments.openBefore(0, "2027", 10)).toEqual([]);
    expect(saga.sagas.started).toEqual([]);
    const { errors } = error as { errors: FieldError[] };
    expect(JSON.stringify(errors)).not.toContain("1111 1111");
    return errors.map(({ pointer, header }) => header ?? pointer ?? "");
  }
}

describe("accept-payment refuses", () => {
  it("everything that is wrong, all at once", async () => {
    const body = { amount: 0, currency: "eur", user_id: "nobody", reference: "", tip: 5 };
    const where = await refused(body, { idempotencyKey: undefined });
    expect(where.sort()).toEqual([
      "/amount",
      "/currency",
      "/reference",
      "/tip",
      "/user_id",
      "Idempotency-Key",
    ]);
  });

  it.each([
    ["a missing key", undefined],
    ["an empty key", "  "],
    ["a key of more than 255 characters", "k".repeat(256)],
    ["a key that is not printable ASCII", "ключ"],
    ["a key sent twice", "key-1, key-1"],
    ["a card number as key", "4111-1111-1111-1111"],
  ])("%s", async (_, idempotencyKey) => {
    expect(await refused(BODY, { idempotencyKey })).toEqual(["Idempotency-Key"]);
  });

  it.each([
    ["no amount", { amount: undefined }, "/amount"],
    ["an amount of nothing", { amount: 0 }, "/amount"],
    ["a negative amount", { amount: -1 }, "/amount"],
    ["a fraction", { amount: 10.5 }, "/amount"],
    ["an amount as text", { amount: "1000" }, "/amount"],
    ["an amount beyond the bounds", { amount: 1_000_000_000_000 }, "/amount"],
    ["an infinite amount", { amount: Number.POSITIVE_INFINITY }, "/amount"],
    ["a currency that does not exist", { currency: "ZZZ" }, "/currency"],
    ["gold", { currency: "XAU" }, "/currency"],
    ["a reserved account name", { destination_account: "psp_receivable" }, "/destination_account"],
    ["an account id with a separator", { destination_account: "a/b" }, "/destination_account"],
    ["metadata that is no text", { metadata: { a: 1 } }, "/metadata/a"],
    ["a card number as token", { payment_method: CARD }, "/payment_method"],
    ["a card number in metadata", { metadata: { note: `pay ${CARD} now` } }, "/metadata/note"],
    ["a card number as the name of metadata", { metadata: { [CARD]: "x" } }, "/metadata"],
    ["a card number in the description", { description: `pay ${CARD} now` }, "/description"],
    ["a description of nothing", { description: "" }, "/description"],
    ["a description of 501 characters", { description: "d".repeat(501) }, "/description"],
    ["a description that is no text", { description: { toString: 0 } }, "/description"],
    ["an order that the sandbox does not know", { metadata: { sandbox: "explode_capture" } }, ORDER],
    ["a known order beside an unknown one", { metadata: { sandbox: "lost_capture,lost" } }, ORDER],
    ["a fault at an operation that has none", { metadata: { sandbox: "forged_authorize" } }, ORDER],
    ["a card number as an order", { metadata: { sandbox: CARD } }, ORDER, ORDER],
    ["a lone surrogate", { reference: "a\ud800" }, "/reference"],
    ["a field that nobody knows", { fee: 0 }, "/fee"],
  ])("%s", async (_, change, ...pointers) => {
    const body = JSON.parse(JSON.stringify({ ...BODY, ...change }));
    const amount = "amount" in change && change.amount === Number.POSITIVE_INFINITY ? change : {};
    expect(await refused({ ...body, ...amount })).toEqual(pointers);
  });

  it("an unknown order on the other rail too, and says which there are", async () => {
    const accounts = { source_account: "a", destination_account: "b" };
    const body = { amount: 1000, currency: "EUR", ...accounts, metadata: { sandbox: "lost_everything" } };
    expect(await refused(body)).toEqual([ORDER]);
    const request = { merchantId: "m1", requestId: "r", idempotencyKey: "key-1", body };
    await expect(acceptPayment(new CardSaga())(request)).rejects.toMatchObject({
      errors: [{ detail: expect.stringMatching(/lost.* of authorize, capture, /) }],
    });
  });

  it("51 entries of metadata, a name of 41 characters, a value of 501", async () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"]));
    expect(await refused({ ...BODY, metadata: many })).toEqual(["/metadata"]);
    expect(await refused({ ...BODY, metadata: { ["k".repeat(41)]: "v" } })).toEqual(["/metadata"]);
    expect(await refused({ ...BODY, metadata: { k: "v".repeat(501) } })).toEqual(["/metadata/k"]);
  });

  it("a body nested deeper than any stack", async () => {
    const nested = JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
    expect(await refused({ ...BODY, metadata: nested })).toContain("/metadata");
  });

  it("what is no card payment on the card rail's own path", async () => {
    const shape = { amount: 1000, currency: "EUR", source_account: "a", destination_account: "b" };
    expect((await refused(shape, { rail: "card" })).sort()).toEqual(["/source_account", "/user_id"]);
    expect(await refused({ ...BODY, rail: "stablecoin" }, { rail: "card" })).toEqual(["/rail"]);
  });
});

describe("a refusal says", () => {
  const said = async (body: Record<string, unknown>, rail?: "card") => {
    const request = {
      merchantId: "m1",
      requestId: "r",
      idempotencyKey: "key-1",
      body,
      ...(rail && { rail }),
    };
    const error = await acceptPayment(new CardSaga())(request).catch((caught) => caught);
    return (error as { errors: FieldError[] }).errors;
  };

  it("what each rail needs to a body that has neither shape, and what is wrong for both", async () => {
    const shapes =
      "is neither a card payment (needs `amount`, `currency`, `user_id`) nor " +
      "a stablecoin payment (needs `amount`, `currency`, `source_account`, `destination_account`)";
    expect(await said({ amount: 5 })).toEqual([
      { pointer: "", detail: shapes },
      { pointer: "/currency", detail: "is required" },
    ]);
    expect(await said({ amount: 5, currency: "XXX", destination_account: "fees" })).toEqual([
      { pointer: "", detail: shapes },
      { pointer: "/currency", detail: expect.stringMatching(/is not a currency/) },
      { pointer: "/destination_account", detail: "is a reserved name" },
    ]);
  });

  it("which rails there are where another is named, and the one of a path that has one", async () => {
    expect(await said({ ...BODY, rail: "cash" })).toEqual([
      { pointer: "/rail", detail: "must be `card` or `stablecoin`" },
    ]);
    expect(await said({ ...BODY, rail: "cash" }, "card")).toEqual([
      { pointer: "/rail", detail: "must be `card`" },
    ]);
  });

  it("that a member is of the other rail, and what made the payment one of this rail", async () => {
    const accounts = { source_account: "a", destination_account: "b" };
    const conversion = { amount: 1000, currency: "EUR", ...accounts };
    expect(await said({ ...BODY, source_account: "a" })).toEqual([
      {
        pointer: "/source_account",
        detail:
          "belongs to a stablecoin payment; `user_id` made this a card payment: " +
          "name `rail`, or leave one of them out",
      },
    ]);
    expect(await said({ ...BODY, rail: "card", source_account: "a" })).toEqual([
      {
        pointer: "/source_account",
        detail: "belongs to a stablecoin payment; `rail` is `card`: leave the member out",
      },
    ]);
    expect(await said({ ...conversion, payment_method: "tok_visa" })).toEqual([
      {
        pointer: "/payment_method",
        detail:
          "belongs to a card payment; `source_account` made this a stablecoin payment: " +
          "name `rail`, or leave one of them out",
      },
    ]);
    expect(await said({ ...BODY, source_account: "a" }, "card")).toEqual([
      { pointer: "/source_account", detail: "belongs to a stablecoin payment; use POST /payments" },
    ]);
  });

  it("that a member is known to no rail", async () => {
    for (const rail of [undefined, "card"] as const)
      expect(await said({ ...BODY, colour: "red" }, rail)).toEqual([
        { pointer: "/colour", detail: "is not a known field" },
      ]);
  });

  it.each([
    ["EUR", "500 is 5.00 EUR"],
    ["JPY", "500 is 500 JPY"],
    ["KWD", "500 is 0.500 KWD"],
    ["ZZZ", "500 is 5.00"],
    ["jpy", "500 is 5.00"],
  ])("how an amount is written in %s", async (currency, example) => {
    const errors = await said({ ...BODY, currency, amount: "5" });
    expect(errors[0]).toEqual({
      pointer: "/amount",
      detail: `must be an integer in minor units: ${example}`,
    });
  });
});

describe("accept-payment takes", () => {
  it.each([
    ["the smallest amount", { amount: 1 }],
    ["the largest amount", { amount: 999_999_999_999 }],
    ["a currency without decimals", { currency: "JPY" }],
    ["an account of the merchant's own", { destination_account: "shop_1" }],
    ["a user id in capitals", { user_id: USER.toUpperCase() }],
    ["the rail by name", { rail: "card" }],
    ["a description of 500 characters", { description: "🙂".repeat(500) }],
    ["any well-formed text", { metadata: { note: "Zürich – 日本 🙂" } }],
    ["orders that the sandbox knows", { metadata: { sandbox: "lost_capture_x1, refused_void" } }],
    ["an empty list of orders", { metadata: { sandbox: "" } }],
    ["numbers that are no card numbers", { reference: "2026-01-01 0000 1235" }],
  ])("%s", async (_, change) => {
    expect(await refused({ ...BODY, ...change })).toEqual([]);
    expect(await refused({ ...BODY, ...change }, { rail: "card" })).toEqual([]);
  });

  it("any text as an order where no order is obeyed", async () => {
    const body = { ...BODY, metadata: { sandbox: "explode_capture" } };
    expect(await refused(body, {}, false)).toEqual([]);
  });

  it("a key of 255 characters", async () => {
    expect(await refused(BODY, { idempotencyKey: "k".repeat(255) })).toEqual([]);
  });
});

describe("a merchant above its rate", () => {
  const REQUEST = { merchantId: "m1", requestId: "r", idempotencyKey: "key-1", body: BODY };

  it("is refused before anything is written, and its key is as free as before", async () => {
    const saga = new CardSaga();
    saga.throttle.refused.add("m1");
    await expect(acceptPayment(saga)(REQUEST)).rejects.toMatchObject({ name: "RateLimited", status: 429 });
    expect(saga.payments.ids()).toEqual([]);
    saga.throttle.refused.clear();
    expect(await acceptPayment(saga)(REQUEST)).toMatchObject({ replayed: false });
  });

  it("takes no token while a person has stopped the intake", async () => {
    const saga = new CardSaga();
    saga.switches.on.add("card/stop-intake");
    await expect(acceptPayment(saga)(REQUEST)).rejects.toMatchObject({ name: "ServiceUnavailable" });
    expect(saga.throttle.taken).toEqual([]);
  });
});

describe("metadata", () => {
  /** So many keys, each with a value of so many of the character. */
  const metadataOf = (keys: number, character: string, characters: number) =>
    Object.fromEntries(
      Array.from({ length: keys }, (_, key) => [
        `key-${String(key).padStart(2, "0")}`,
        character.repeat(characters),
      ]),
    );
  const bytesOf = (metadata: object) => Buffer.byteLength(Object.entries(metadata).flat().join(""));

  it.each(["x", "ü", "🙂"])("of up to 16,384 bytes is taken, and not of one more: %s", async (character) => {
    const most = metadataOf(33, character, 480 / Buffer.byteLength(character));
    const last = "x".repeat(16_384 - bytesOf(most) - "f".length);
    expect(bytesOf({ ...most, f: last })).toBe(16_384);
    expect(await refused({ ...BODY, metadata: { ...most, f: last } })).toEqual([]);
    expect(await refused({ ...BODY, metadata: { ...most, f: `${last}x` } })).toEqual(["/metadata"]);
  });

  it("that was taken before the bound came is replayed, and takes no token where it is new", async () => {
    const body = { ...BODY, metadata: metadataOf(50, "x", 500) };
    const request = { merchantId: "m1", requestId: "r", idempotencyKey: "key-1", body };
    const saga = new CardSaga();
    await expect(acceptPayment(saga)(request)).rejects.toMatchObject({ name: "InvalidRequest" });
    expect(saga.throttle.taken).toEqual([]);
    const before = acceptanceFor({ key: "key-1", metadata: body.metadata, response: "the first answer" });
    await saga.payments.accept({ ...before, fingerprint: fingerprintOf(body) });
    expect(await acceptPayment(saga)(request)).toMatchObject({
      response: "the first answer",
      replayed: true,
    });
  });

  it("says how large it is and may be", async () => {
    const metadata = metadataOf(50, "🙂", 250);
    const body = { ...BODY, metadata };
    const request = { merchantId: "m1", requestId: "r", idempotencyKey: "key-1", body };
    await expect(acceptPayment(new CardSaga())(request)).rejects.toMatchObject({
      errors: [
        {
          pointer: "/metadata",
          detail: "is 50300 bytes of UTF-8, keys and values together: at most 16384",
        },
      ],
    });
  });
});
