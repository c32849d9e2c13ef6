// An answer is compared with the question: amount, currency, reference and id of every success, by
// answer, by query and by webhook. Nothing is booked from the request's own numbers.
import { describe, expect, it, jest } from "@jest/globals";
import type { Success } from "../../../../functions/lib/ports/provider.ts";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga } from "../../../support/conversion-saga.ts";
import { Teller } from "../../../support/teller.ts";

const HELD: Success = { outcome: "succeeded", id: "auth_1", amount: 1000n, currency: "EUR" };
const CAPTURED: Success = { ...HELD, id: "cap_1" };

/** Whatever is no success of the question: what it is taken for where it differs or lacks. */
const DIFFERENT: [string, Partial<Success>][] = [
  ["another amount", { amount: 1001n }],
  ["another currency", { currency: "USD" }],
  ["another payment", { reference: "somebody-else" }],
];
const LACKING: [string, (keyof Success)[]][] = [
  ["no amount", ["amount"]],
  ["no currency", ["currency"]],
];
const without = (success: Success, members: (keyof Success)[]): Success =>
  Object.fromEntries(
    Object.entries(success).filter(([member]) => !members.includes(member as keyof Success)),
  ) as Success;

describe("an authorization of less than was asked for", () => {
  async function partly(): Promise<CardSaga> {
    const saga = await CardSaga.after("validate-payment");
    jest.spyOn(saga.provider, "authorize").mockResolvedValue({ ...HELD, amount: 300n });
    expect(await saga.fail("authorize-payment")).toBe("PartiallyApproved");
    return saga;
  }

  it("is recorded as what it is, released by its id, and ends the payment", async () => {
    const saga = await partly();
    expect((await saga.payments.events(saga.payment_id)).at(-1)).toMatchObject({
      type: "payment.authorized",
      data: { authorization_id: "auth_1", amount: 300 },
    });
    await saga.run("void-authorization");
    expect(saga.provider.voided).toEqual(["auth_1"]);
    await saga.run("fail-payment");
    expect(await saga.payment()).toMatchObject({
      status: "FAILED",
      failure: { code: "PartiallyApproved", step: "authorize-payment" },
      authorization_id: "auth_1",
    });
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized", "voided", "failed"]);
  });

  it("does not fail before the release is recorded", async () => {
    const saga = await partly();
    expect(await saga.fail("fail-payment")).toBe("InvariantBroken");
  });

  it("is the answer of every later try, which neither asks nor goes on", async () => {
    const saga = await partly();
    expect(await saga.fail("authorize-payment")).toBe("PartiallyApproved");
    expect(saga.calls("find")).toBe(0);
  });

  it("is one as well where a later try finds it, or a webhook told of it", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "unavailable");
    await saga.fail("authorize-payment");
    saga.provider.books.set(`${saga.payment_id}:authorize`, { ...HELD, amount: 300n });
    const teller = new Teller(saga);
    await teller.tells("authorize", "succeeded", { id: "auth_1", amount: 300, currency: "EUR" });
    // The saga itself takes it back: no person is asked to.
    expect(teller.found()).toEqual([]);
    await teller.tells("authorize", "succeeded", { id: "auth_1", amount: 300, currency: "USD" });
    expect(teller.found()).toEqual([expect.stringContaining("amount 300, and 1000 was asked for")]);
    expect(await saga.fail("authorize-payment")).toBe("PartiallyApproved");
  });
});

describe.each([
  ["authorize", "validate-payment", HELD],
  ["capture", "post-ledger", CAPTURED],
] as const)("a success of %s", (operation, last, whole) => {
  const step = `${operation}-payment` as const;
  const resultOf = async (saga: CardSaga) =>
    (await saga.payment())[operation === "authorize" ? "authorization_id" : "capture_id"];

  it("is recorded where it is what was asked for", async () => {
    const saga = await CardSaga.after(last);
    jest.spyOn(saga.provider, operation).mockResolvedValue({ ...whole, reference: saga.payment_id });
    await saga.run(step);
    expect(await resultOf(saga)).toBe(whole.id);
  });

  it.each(DIFFERENT)("is for a person where it is of %s, by answer and by query", async (_, other) => {
    const saga = await CardSaga.after(last);
    jest.spyOn(saga.provider, operation).mockResolvedValueOnce({ ...whole, ...other });
    expect(await saga.fail(step)).toBe("AnswerDiffers");
    saga.provider.books.set(`${saga.payment_id}:${operation}`, { ...whole, ...other });
    expect(await saga.fail(step)).toBe("AnswerDiffers");
    expect(await resultOf(saga)).toBeUndefined();
    expect((await saga.payment()).facts?.[operation]?.doubt).toMatch(/^it says .+, and .+ was asked for$/);
  });

  it.each(LACKING)("is asked for by key where it states %s", async (_, members) => {
    const saga = await CardSaga.after(last);
    jest.spyOn(saga.provider, operation).mockResolvedValueOnce(without(whole, members));
    expect(await saga.fail(step)).toBe("OutcomeUnknown");
    saga.provider.books.set(`${saga.payment_id}:${operation}`, whole);
    await saga.run(step);
    expect(await resultOf(saga)).toBe(whole.id);
  });

  it("is asked for by key where its id is empty", async () => {
    const saga = await CardSaga.after(last);
    jest.spyOn(saga.provider, operation).mockResolvedValueOnce({ ...whole, id: "" });
    expect(await saga.fail(step)).toBe("OutcomeUnknown");
  });
});

describe("a capture of less than was asked for", () => {
  it("books nothing, and its finding's words name both amounts", async () => {
    const saga = await CardSaga.after("post-ledger");
    jest.spyOn(saga.provider, "capture").mockResolvedValue({ ...CAPTURED, amount: 100n });
    expect(await saga.fail("capture-payment")).toBe("AnswerDiffers");
    expect(await saga.payment()).toMatchObject({
      status: "PROCESSING",
      facts: { capture: { id: "cap_1", amount: 100, doubt: "it says amount 100, and 1000 was asked for" } },
    });
    expect([...saga.payments.journals.keys()]).toEqual([`${saga.payment_id}:post-ledger`]);
  });

  it("names no amount in its error, which the machine's history keeps", async () => {
    const saga = await CardSaga.after("post-ledger");
    jest.spyOn(saga.provider, "capture").mockResolvedValue({ ...CAPTURED, amount: 100n });
    await expect(saga.run("capture-payment")).rejects.toThrow(
      /^the capture is not what was asked for: amount$/,
    );
  });

  it("is found by its Resolve too", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "unavailable");
    await saga.fail("capture-payment");
    saga.provider.books.set(`${saga.payment_id}:capture`, { ...CAPTURED, amount: 100n });
    expect(await saga.fail("resolve-capture")).toBe("AnswerDiffers");
  });
});

describe.each(["on_ramp", "off_ramp"] as const)("a success of %s", (operation) => {
  const [last, step, method] =
    operation === "on_ramp"
      ? (["authorize-conversion", "on-ramp", "onRamp"] as const)
      : (["on-ramp", "off-ramp", "offRamp"] as const);

  it.each<[string, Partial<Success>]>([
    ...DIFFERENT,
    ["another payout", { received: 1n }],
    ["a payout in another currency", { received_currency: "KWD" }],
  ])("is for a person where it is of %s", async (_, other) => {
    const saga = await ConversionSaga.after(last);
    const ramp = (operation === "on_ramp" ? saga.seller : saga.payer) as unknown as Record<
      typeof method,
      () => Promise<unknown>
    >;
    const whole: Success = { outcome: "succeeded", id: "op_1", ...(await saga.saysOf(operation)) };
    jest.spyOn(ramp, method).mockResolvedValue({ ...whole, ...other });
    expect(await saga.fail(step)).toBe("AnswerDiffers");
  });
});

describe("a reversal", () => {
  it("is for a person where something else was taken back, and books nothing", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    await saga.tombstone("off-ramp");
    const sold = { outcome: "succeeded", id: "rev_1", amount: 1n, currency: "USDC" } as const;
    const brought = { received: 975n, received_currency: "EUR" };
    jest.spyOn(saga.seller, "reverseOnRamp").mockResolvedValue({ ...sold, ...brought });
    expect(await saga.fail("reverse-on-ramp")).toBe("AnswerDiffers");
    expect(saga.inTransit()).toBeGreaterThan(0n);
  });

  it("is asked for again where it does not say what it brought", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    await saga.tombstone("off-ramp");
    const { transit_amount: amount } = await saga.quote();
    const sold = { outcome: "succeeded", id: "rev_1", amount, currency: "USDC" } as const;
    jest.spyOn(saga.seller, "reverseOnRamp").mockResolvedValueOnce(sold);
    expect(await saga.fail("reverse-on-ramp")).toBe("OutcomeUnknown");
    await saga.run("reverse-on-ramp");
    expect(saga.inTransit()).toBe(0n);
  });
});
