// The ramps' desk: bought, paid out, sold back, each once and near the market's price.
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Books, Entry } from "../../../../functions/lib/sandbox/books.ts";
import {
  type Answer,
  type Call,
  fingerprintOf,
} from "../../../../functions/lib/sandbox/idempotent-operations.ts";
import { Market } from "../../../../functions/lib/sandbox/prices.ts";
import type { Provider } from "../../../../functions/lib/sandbox/provider.ts";
import type { Ramps } from "../../../../functions/lib/sandbox/ramps.ts";
import { messageOf } from "../../../../functions/lib/sandbox/webhook.ts";
import { SqliteBooks } from "../../../../scripts/local/sandbox/sqlite-books.ts";
import { providerOver, rampsOver } from "../../../support/sandbox.ts";

const USDC = 1_000_000;
/** 100.00 USD for 99.00 USDC, which the market gives at any time. */
const PURCHASE = {
  reference: "p1",
  amount: 10_000,
  currency: "USD",
  receive_amount: 99 * USDC,
  receive_currency: "USDC",
};
const PAYOUT = {
  reference: "p1",
  amount: 99 * USDC,
  currency: "USDC",
  receive_amount: 9_800,
  receive_currency: "USD",
};
const SALE = {
  reference: "p1",
  amount: 99 * USDC,
  currency: "USDC",
  receive_currency: "USD",
};

let books: Books;
let provider: Provider;
let ramps: Ramps;
let effects: string[];
let now: number;
let crashed: boolean;
beforeEach(() => {
  books = new SqliteBooks(":memory:");
  [effects, now, crashed] = [[], 0, false];
  const clock = () => now;
  const hear = (operation: string) => void effects.push(operation);
  provider = providerOver(books, hear, clock);
  ramps = rampsOver(books, new Market(clock, () => crashed), hear, clock);
});

const call = (key: string, request: object, more: Partial<Call> = {}): Call => ({
  key,
  fingerprint: fingerprintOf(key, request),
  isRefused: false,
  isForgotten: false,
  ...more,
});
const buy = (more: Partial<Call> = {}, change = {}) => {
  const request = { ...PURCHASE, ...change };
  return ramps.onRamp(call("p1:on_ramp", request, more), request);
};
const payOut = (more: Partial<Call> = {}, change = {}) => {
  const request = { ...PAYOUT, ...change };
  return ramps.offRamp(call("p1:off_ramp", request, more), request);
};
const sell = async (more: Partial<Call> = {}, change = {}, key = "p1:reverse_on_ramp") => {
  const bought = await books.find("p1:on_ramp");
  const request = { ...SALE, on_ramp_id: bought?.id ?? "on_0", ...change };
  return ramps.reverse(call(key, request, more), request);
};
const bodyOf = ({ body }: Answer) => body as Entry & { error?: { code: string } };
const saying = (answer: Answer) => [answer.status, bodyOf(answer).error?.code ?? bodyOf(answer).state];

describe("an on-ramp", () => {
  it("sells once, for exactly what was asked, and its replay gets the same answer", async () => {
    const first = await buy();
    expect(first).toMatchObject({
      status: 201,
      body: { ...PURCHASE, operation: "on_ramp", state: "succeeded" },
    });
    expect(await buy()).toEqual(first);
    expect(effects).toEqual(["on_ramp"]);
  });

  it("sells once when ten requests with its key run side by side", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => buy()));
    expect(new Set(answers.map((answer) => bodyOf(answer).id)).size).toBe(1);
    expect(effects).toEqual(["on_ramp"]);
  });

  it("stays declined under its key", async () => {
    expect(saying(await buy({ isRefused: true }))).toEqual([402, "on_ramp_declined"]);
    expect(saying(await buy())).toEqual([402, "on_ramp_declined"]);
    expect(effects).toEqual([]);
  });

  it.each([
    ["more than the market gives", { receive_amount: 110 * USDC }],
    ["a currency that is not traded", { currency: "XAU" }],
    ["something else than USDC", { receive_currency: "EUR" }],
  ])("is refused for %s", async (_, change) => {
    expect(saying(await buy({}, change))).toEqual([409, "price_moved"]);
  });

  it("is refused past the quote once the market has crashed", async () => {
    crashed = true;
    expect(saying(await buy())).toEqual([409, "price_moved"]);
  });

  it("takes effect under no tombstoned key", async () => {
    await provider.tombstoneKey({ reference: "p1", operation_key: "p1:on_ramp" });
    expect(saying(await buy())).toEqual([409, "tombstoned"]);
    expect((await books.list("p1")).map(({ operation }) => operation)).toEqual(["on_ramp"]);
  });
});

describe("a ramp whose success differs from what was asked", () => {
  it.each([
    ["partial", { amount: 2_500, currency: "USD", receive_amount: 24_750_000, receive_currency: "USDC" }],
    ["wrong_amount", { amount: 10_000, receive_amount: 24_750_000, receive_currency: "USDC" }],
    ["wrong_currency", { amount: 10_000, receive_amount: 99 * USDC, receive_currency: "EUR" }],
  ] as const)("books and tells what is %s", async (deviation, money) => {
    expect(bodyOf(await buy({ deviation }))).toMatchObject(money);
    expect(bodyOf(await provider.query("p1:on_ramp"))).toMatchObject(money);
    expect(await books.list("p1")).toMatchObject([money]);
  });

  it("sells a part back where that was ordered, and no more afterwards", async () => {
    await buy();
    expect(bodyOf(await sell({ deviation: "partial" }))).toMatchObject({ amount: 24_750_000 });
    expect(bodyOf(await sell({}, {}, "p1:again"))).toMatchObject({ amount: 24_750_000 });
  });
});

describe("what is accepted now and settled later", () => {
  it("is pending to everybody until its time has come, and succeeded from then on", async () => {
    expect(saying(await buy({ isPending: true }))).toEqual([202, "pending"]);
    expect(saying(await provider.query("p1:on_ramp"))).toEqual([200, "pending"]);
    now = 10_000;
    expect(saying(await provider.query("p1:on_ramp"))).toEqual([200, "succeeded"]);
    expect(saying(await buy())).toEqual([201, "succeeded"]);
  });

  it("is not forbidden by a tombstone that comes after it", async () => {
    await payOut({ isPending: true });
    expect(saying(await provider.tombstoneKey({ reference: "p1", operation_key: "p1:off_ramp" }))).toEqual([
      200,
      "pending",
    ]);
  });

  it("may be refused when it settles, and then nothing was bought", async () => {
    expect(saying(await buy({ isPending: true, isRefused: true }))).toEqual([202, "pending"]);
    expect(saying(await provider.query("p1:on_ramp"))).toEqual([200, "pending"]);
    now = 10_000;
    expect(saying(await provider.query("p1:on_ramp"))).toEqual([200, "refused"]);
    expect(saying(await buy())).toEqual([402, "on_ramp_declined"]);
    expect(saying(await sell())).toEqual([404, "on_ramp_not_found"]);
    expect(effects).toEqual([]);
  });

  it("is refused later, and not settled, where the price had moved", async () => {
    crashed = true;
    expect(saying(await buy({ isPending: true }))).toEqual([202, "pending"]);
    now = 10_000;
    expect(saying(await provider.query("p1:on_ramp"))).toEqual([200, "refused"]);
    expect(saying(await buy())).toEqual([409, "price_moved"]);
  });

  it("cannot be sold back before it is there", async () => {
    await buy({ isPending: true });
    expect(saying(await sell())).toEqual([409, "on_ramp_pending"]);
    now = 10_000;
    expect(saying(await sell())).toEqual([201, "succeeded"]);
  });
});

describe("an off-ramp", () => {
  it("pays out once what was asked", async () => {
    expect(await payOut()).toMatchObject({ status: 201, body: { ...PAYOUT, operation: "off_ramp" } });
    expect(saying(await payOut())).toEqual([201, "succeeded"]);
    expect(effects).toEqual(["off_ramp"]);
  });

  it("is declined, or refused for more than the USDC is worth", async () => {
    expect(saying(await payOut({ isRefused: true }))).toEqual([402, "off_ramp_declined"]);
    const request = { ...PAYOUT, receive_amount: 12_000 };
    expect(saying(await ramps.offRamp(call("p2:off_ramp", request), request))).toEqual([409, "price_moved"]);
  });
});

describe("a reversal", () => {
  it("sells back at the market's price, and says what that brought", async () => {
    await buy();
    const sold = bodyOf(await sell());
    expect(sold).toMatchObject({ operation: "reverse_on_ramp", amount: 99 * USDC, receive_currency: "USD" });
    expect(sold.receive_amount).toBeGreaterThan(9_800);
    expect(sold.receive_amount).toBeLessThan(9_950);
  });

  it("sells once, under however many keys", async () => {
    await buy();
    const first = await sell();
    expect(bodyOf(await sell({}, {}, "p1:again")).id).toBe(bodyOf(first).id);
    expect(effects).toEqual(["on_ramp", "reverse_on_ramp"]);
  });

  it("that was refused may be tried again under its key", async () => {
    await buy();
    expect(saying(await sell({ isRefused: true }))).toEqual([402, "reversal_refused"]);
    expect(saying(await sell())).toEqual([201, "succeeded"]);
  });

  it.each([
    ["nothing was bought", {}, [404, "on_ramp_not_found"]],
    ["another amount was bought", { amount: USDC }, [422, "reversal_mismatch"]],
    ["it was bought for another payment", { reference: "p2" }, [404, "on_ramp_not_found"]],
    ["it was bought for another currency", { receive_currency: "EUR" }, [422, "reversal_mismatch"]],
  ])("is none where %s", async (why, change, said) => {
    if (why !== "nothing was bought") await buy();
    expect(saying(await sell({}, change))).toEqual(said);
  });
});

describe("the webhook about a ramp's deed", () => {
  const toldOf = async (key: string) => {
    const row = await books.find(key);
    return row && JSON.parse(messageOf(row, new Date(now)).body).operation;
  };

  it("says what it gave", async () => {
    await buy();
    await payOut();
    expect(await toldOf("p1:on_ramp")).toMatchObject({ receive_amount: 99 * USDC });
    expect(await toldOf("p1:off_ramp")).toMatchObject({ receive_amount: 9_800 });
  });

  it("says nothing of that where nothing was ever given", async () => {
    await provider.tombstoneKey({ reference: "p1", operation_key: "p1:on_ramp" });
    expect(await toldOf("p1:on_ramp")).not.toHaveProperty("receive_amount");
  });
});

describe("the rates", () => {
  it("are those of the market, and of no currency that is not traded", () => {
    expect(ramps.rates("EUR")).toMatchObject({
      status: 200,
      body: { currency: "EUR", at: "1970-01-01T00:00:00.000Z" },
    });
    expect(saying(ramps.rates("XAU"))).toEqual([404, "unknown_currency"]);
  });
});
