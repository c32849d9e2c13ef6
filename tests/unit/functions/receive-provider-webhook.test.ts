// What a provider tells: kept when it is signed and news, and never more than kept.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Finding } from "../../../functions/lib/ports/finding-store.ts";
import { readWebhook } from "../../../functions/receive-provider-webhook/read-webhook.ts";
import { receiveProviderWebhook } from "../../../functions/receive-provider-webhook/receive-provider-webhook.ts";
import schema from "../../../schemas/api/provider-webhook.json" with { type: "json" };
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";
import { call, type Handler, request } from "../../support/http-event.ts";

const AT = "2026-01-01T00:00:00.000Z";
/** The id of no payment. */
const P = "00000000-0000-8000-8000-000000000000";

/** A receiver that takes for authentic whatever carries `signed`. */
function receiverOf(saga: Pick<CardSaga, "payments" | "quotes" | "clock" | "payment_id">) {
  const found: Finding[] = [];
  const findings = {
    open: async (finding: Finding) => void found.push(finding),
    resolve: async () => undefined,
  };
  const isAuthentic = async (_: string, headers: Record<string, string | undefined>) =>
    headers.signed === "yes";
  const signatures = new Map([["sandbox", { isAuthentic }]]);
  const receive = receiveProviderWebhook({
    payments: saga.payments,
    quotes: saga.quotes,
    natureOf: () => ({ key_ttl_seconds: 86_400, keeps_refusals: true }),
    clock: saga.clock,
    findings,
    signatures,
  });
  const send = (rawBody: string, headers = { signed: "yes" }, provider = "sandbox") =>
    receive({ provider, headers, rawBody });
  const tell = (more: Record<string, unknown> = {}) => send(bodyOf(saga.payment_id, more));
  return { found, send, tell };
}

function bodyOf(reference: string, more: Record<string, unknown> = {}): string {
  const operation = { operation: "capture", state: "succeeded", id: "cap_1", at: AT, ...more };
  const idempotency_key = `${reference}:${operation.operation}`;
  return JSON.stringify({
    type: "operation.updated",
    operation: { idempotency_key, reference, ...operation },
  });
}

/** A payment whose capture was sent, happened, and was not answered. */
async function asked(): Promise<CardSaga> {
  const saga = await CardSaga.after("post-ledger");
  saga.provider.next("capture", "lose");
  await saga.fail("capture-payment");
  return saga;
}
/** A conversion whose purchase is pending at its ramp. */
async function buying(): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("authorize-conversion");
  saga.seller.next("on_ramp", "pend");
  await saga.fail("on-ramp");
  return saga;
}

describe("receive-provider-webhook", () => {
  it("keeps what the payment does not show, and leaves the payment as it is", async () => {
    const saga = await asked();
    const { facts: _, ...before } = await saga.payment();
    const { outcome } = await receiverOf(saga).tell();
    expect(outcome).toBe("recorded");
    const { facts, ...after } = await saga.payment();
    expect(facts).toEqual({ capture: { operation: "capture", state: "succeeded", id: "cap_1", at: AT } });
    expect(after).toEqual(before);
  });

  it("knows its payment by an id in capitals", async () => {
    const saga = await asked();
    const capitals = saga.payment_id.toUpperCase();
    const { outcome } = await receiverOf(saga).send(bodyOf(capitals));
    expect(outcome).toBe("recorded");
    const { facts } = await saga.payment();
    expect(facts).toEqual({ capture: { operation: "capture", state: "succeeded", id: "cap_1", at: AT } });
    await expect(receiverOf(saga).tell({ idempotency_key: `${capitals}:CAPTURE` })).rejects.toMatchObject({
      name: "InvalidRequest",
    });
  });

  it("keeps no card number, whatever the provider calls it", async () => {
    const saga = await asked();
    const { found, tell } = receiverOf(saga);
    const { outcome } = await tell({ id: "4242424242424242", reference: "4242-4242-4242-4242" });
    expect(outcome).toBe("recorded");
    const { facts } = await saga.payment();
    expect(facts?.capture).toMatchObject({ id: "", reference: "[card]", differs: true });
    expect(JSON.stringify([facts, found])).not.toContain("4242");
  });

  it("takes the amounts that a provider states beside the outcome", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    const taken = { amount: 1_000, currency: "EUR", receive_currency: "USDC" };
    const { outcome } = await receiverOf(saga).tell({
      operation: "on_ramp",
      id: "on_1",
      receive_amount: 10_945_000,
      ...taken,
    });
    expect(outcome).toBe("recorded");
  });

  it("keeps what a ramp says that it gave", async () => {
    const saga = await buying();
    const receive_amount = Number(await saga.asksOf("on_ramp"));
    await receiverOf(saga).tell({ operation: "on_ramp", id: "on_1", receive_amount });
    expect((await saga.payment()).facts?.on_ramp).toMatchObject({ id: "on_1", received: receive_amount });
  });

  it("keeps a ramp's success that does not say what it gave, which decides nothing alone", async () => {
    const saga = await buying();
    const { tell, found } = receiverOf(saga);
    expect((await tell({ operation: "on_ramp", id: "on_1" })).outcome).toBe("recorded");
    expect(found).toEqual([]);
    saga.seller.down = true;
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomePending");
  });

  it("ends the wait for a ramp that settled later, though it gives no answer", async () => {
    const saga = await buying();
    saga.seller.down = true;
    const { tell } = receiverOf(saga);
    expect((await tell({ operation: "on_ramp", state: "pending", id: "on_1" })).outcome).toBe("recorded");
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomePending");
    const { amount, currency, received, received_currency } = await saga.saysOf("on_ramp");
    const gave = { receive_amount: Number(received), receive_currency: received_currency };
    const whole = { operation: "on_ramp", id: "on_1", amount: Number(amount), currency, ...gave };
    expect((await tell(whole)).outcome).toBe("recorded");
    await saga.run("resolve-on-ramp");
    expect((await saga.payment()).on_ramp_tx_id).toBe("on_1");
  });

  it("writes no reversal that the payment shows, and keeps one that it does not", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    const reversal = { operation: "reverse_on_ramp", id: "back_1", receive_amount: 975 };
    expect((await receiverOf(saga).tell(reversal)).outcome).toBe("recorded");
    const back = await ConversionSaga.after("on-ramp");
    await back.tombstone("off-ramp");
    await back.run("reverse-on-ramp");
    expect((await receiverOf(back).tell(reversal)).outcome).toBe("known");
  });

  it("writes nothing that the payment shows", async () => {
    const saga = await CardSaga.after("capture-payment");
    const write = jest.spyOn(saga.payments, "recordFact");
    const { capture_id } = await saga.payment();
    expect((await receiverOf(saga).tell({ id: capture_id })).outcome).toBe("known");
    expect(write).not.toHaveBeenCalled();
  });

  it("writes once what comes ten times", async () => {
    const saga = await asked();
    const write = jest.spyOn(saga.payments, "recordFact");
    const { tell, found } = receiverOf(saga);
    for (let time = 0; time < 10; time++) await tell();
    expect(write).toHaveBeenCalledTimes(1);
    expect(found).toEqual([]);
  });

  it("keeps the final state when the earlier one comes later", async () => {
    const saga = await asked();
    const { tell } = receiverOf(saga);
    await tell();
    expect((await tell({ state: "pending" })).outcome).toBe("known");
    expect((await saga.payment()).facts?.capture?.state).toBe("succeeded");
  });

  it("keeps the first of two final words, and opens a finding about the second", async () => {
    const saga = await asked();
    const { tell, found } = receiverOf(saga);
    await tell();
    const { outcome, disagreements } = await tell({ state: "refused" });
    expect([outcome, disagreements]).toEqual([
      "contradicts",
      ["the provider said capture cap_1 succeeded first, and now capture cap_1 refused"],
    ]);
    expect(found).toMatchObject([{ payment_id: saga.payment_id, kind: "provider-disagrees" }]);
    expect((await saga.payment()).facts?.capture?.state).toBe("succeeded");
  });

  it("opens a finding when a payment has ended otherwise", async () => {
    const saga = await CardSaga.accepted();
    await saga.run("fail-payment");
    const { tell, found } = receiverOf(saga);
    await tell();
    expect(found).toMatchObject([
      {
        kind: "provider-disagrees",
        details: ["the provider said capture cap_1 succeeded: it was never asked for"],
      },
    ]);
  });

  it("opens none while the payment may still come to show it", async () => {
    const saga = await asked();
    const { tell, found } = receiverOf(saga);
    await tell({ id: `cap-${saga.payment_id}:capture` });
    await saga.run("capture-payment");
    expect(found).toEqual([]);
  });

  it("opens a finding when the payment ends otherwise while the fact is written", async () => {
    const saga = await CardSaga.accepted();
    const write = saga.payments.recordFact.bind(saga.payments);
    jest.spyOn(saga.payments, "recordFact").mockImplementationOnce(async (...fact) => {
      await saga.run("fail-payment");
      return write(...fact);
    });
    const { tell, found } = receiverOf(saga);
    await tell();
    expect(found).toHaveLength(1);
  });

  it.each<[string, string, { signed: string }, string, string]>([
    ["of an unknown provider, signed or not", "{", { signed: "no" }, "nobody", "NotFound"],
    ["of a provider named like a member of every object", "{", { signed: "yes" }, "constructor", "NotFound"],
    ["that is not signed, before it looks at the body", "{", { signed: "no" }, "sandbox", "SignatureInvalid"],
    ["that is not JSON", "{", { signed: "yes" }, "sandbox", "InvalidRequest"],
    ["without its operation", '{"type":"operation.updated"}', { signed: "yes" }, "sandbox", "InvalidRequest"],
    [
      "of a day that is none",
      bodyOf(P, { at: "2026-13-45T00:00:00Z" }),
      { signed: "yes" },
      "sandbox",
      "InvalidRequest",
    ],
    [
      "about a key that is not ours",
      bodyOf("p", { idempotency_key: "p:void" }),
      { signed: "yes" },
      "sandbox",
      "InvalidRequest",
    ],
    [
      "of a ramp's success with an amount in words",
      bodyOf("p", { operation: "on_ramp", idempotency_key: "p:on_ramp", receive_amount: "10945000" }),
      { signed: "yes" },
      "sandbox",
      "InvalidRequest",
    ],
    ...[{ amount: "444" }, { amount: -1 }, { currency: "eur" }, { receive_currency: 978 }].map(
      (amounts): [string, string, { signed: string }, string, string] => [
        `that states ${JSON.stringify(amounts)}`,
        bodyOf("p", amounts),
        { signed: "yes" },
        "sandbox",
        "InvalidRequest",
      ],
    ),
    ["about an unknown payment", bodyOf(P), { signed: "yes" }, "sandbox", "NotFound"],
  ])("refuses a webhook %s, and writes nothing", async (_, body, headers, provider, refusal) => {
    const saga = await CardSaga.after("post-ledger");
    const write = jest.spyOn(saga.payments, "recordFact");
    const { send, found } = receiverOf(saga);
    await expect(send(body, headers, provider)).rejects.toThrow(expect.objectContaining({ name: refusal }));
    expect(write).not.toHaveBeenCalled();
    expect(found).toEqual([]);
  });
});

describe("a word that decides nothing", () => {
  const HOUR = 3_600_000;
  it.each<[string, () => Promise<CardSaga | ConversionSaga>, Record<string, unknown>, string]>([
    ["of what was never asked for", () => CardSaga.after("post-ledger"), {}, "it was never asked for"],
    [
      "of the other rail",
      buying,
      { operation: "capture", amount: 1000, currency: "EUR" },
      "it was never asked for",
    ],
    ["of an undo that was never begun", asked, { operation: "void", id: "void_1" }, "it was never asked for"],
    ["of a tombstone that nobody asked for", asked, { state: "tombstoned" }, "nobody asked to forbid it"],
    [
      "of another amount",
      asked,
      { amount: 100, currency: "EUR" },
      "it says amount 100, and 1000 was asked for",
    ],
    [
      "of another currency",
      asked,
      { amount: 1000, currency: "USD" },
      "it says currency USD, and EUR was asked for",
    ],
    ["that names another payment", asked, { reference: P }, `it says reference ${P}, and `],
    [
      "from before we asked",
      asked,
      { at: "2025-12-31T00:00:00.000Z" },
      "it cannot have happened at 2025-12-31",
    ],
    ["from the future", asked, { at: "2026-02-01T00:00:00.000Z" }, "it cannot have happened at 2026-02-01"],
  ])("%s is kept, opens a finding, and books nothing", async (_, given, more, doubt) => {
    const saga = await given();
    const before = await saga.payment();
    const { tell, found } = receiverOf(saga);
    expect((await tell(more)).outcome).toBe("recorded");
    expect(found).toMatchObject([{ details: [expect.stringContaining(doubt)] }]);
    const { facts, ...after } = await saga.payment();
    expect(Object.values(facts ?? {})).toMatchObject([{ doubt: expect.stringContaining(doubt) }]);
    expect(after).toEqual(before);
    expect((await tell(more)).outcome).toBe("known");
    expect(new Set(found.map(({ details }) => String(details))).size).toBe(1);
  });

  it.each(["doubted", "contradicted", "of a payment that has ended"])(
    "has its finding where whoever kept it died before: %s",
    async (kind) => {
      const saga =
        kind === "of a payment that has ended" ? await CardSaga.after("capture-payment") : await asked();
      if (kind === "contradicted") await receiverOf(saga).tell({ state: "refused" });
      const more = kind === "doubted" ? { amount: 100, currency: "EUR" } : {};
      const word = { operation: "capture", amount: 1000, currency: "EUR", ...more };
      const dying = receiverOf(saga);
      dying.found.push = () => {
        throw new Error("we die here");
      };
      await expect(dying.tell(word)).rejects.toThrow("we die here");
      const { tell, found } = receiverOf(saga);
      expect((await tell(word)).outcome).toBe("known");
      expect(found).toHaveLength(1);
    },
  );

  it("opens its finding though the answer to our own write was lost, and it is known when written again", async () => {
    const saga = await asked();
    const write = saga.payments.recordFact.bind(saga.payments);
    jest.spyOn(saga.payments, "recordFact").mockImplementationOnce(async (...fact) => {
      await write(...fact);
      return write(...fact);
    });
    const { tell, found } = receiverOf(saga);
    expect((await tell({ amount: 100, currency: "EUR" })).outcome).toBe("known");
    expect(found).toHaveLength(1);
  });

  it("of a capture completes nothing: the provider is asked, and the truth is booked", async () => {
    const saga = await CardSaga.after("post-ledger");
    await receiverOf(saga).tell({ id: "forged", amount: 1000, currency: "EUR" });
    await saga.run("capture-payment");
    expect((await saga.payment()).capture_id).toBe(`cap-${saga.payment_id}:capture`);
    expect(saga.calls("capture")).toBe(1);
  });

  it("gives way to the true one, and takes the place of nothing that is final", async () => {
    const saga = await asked();
    const { tell, found } = receiverOf(saga);
    await tell({ id: "cap_9", amount: 100, currency: "EUR" });
    expect((await tell({ amount: 1000, currency: "EUR" })).outcome).toBe("recorded");
    expect((await tell({ id: "cap_9", amount: 100, currency: "EUR" })).outcome).toBe("doubted");
    expect(found).toHaveLength(2);
    expect((await saga.payment()).facts?.capture).toMatchObject({ id: "cap_1", amount: 1000 });
  });

  it("is none where the provider's clock is off by less than an hour", async () => {
    const saga = await asked();
    const { tell, found } = receiverOf(saga);
    const at = new Date(saga.clock.now() + HOUR / 2).toISOString();
    expect((await tell({ at })).outcome).toBe("recorded");
    expect(found).toEqual([]);
  });
});

describe("a tolerant reader", () => {
  it.each<[string, Record<string, unknown>]>([
    ["a member that is new", { risk: { score: 3 }, links: ["a"] }],
    ["a time without milliseconds", { at: "2026-01-01T00:00:00Z" }],
    ["a time in another zone, in microseconds", { at: "2026-01-01T02:30:00.123456+02:30" }],
    ["a time in small letters", { at: "2026-01-01t00:00:00z" }],
    ["a leap second", { at: "2025-12-31T23:59:60Z" }],
    ["no reference", { reference: undefined }],
    ["null for what it does not state", { reference: null, receive_amount: null, receive_currency: null }],
  ])("takes %s", async (_, more) => {
    const saga = await asked();
    expect((await receiverOf(saga).tell(more)).outcome).toBe("recorded");
    const at = (await saga.payment()).facts?.capture?.at ?? "";
    expect(new Date(at).toISOString()).toBe(at);
    expect(Math.abs(Date.parse(at) - Date.parse(AT))).toBeLessThanOrEqual(1_000);
  });

  it("takes a refusal of a ramp that gave nothing, and no success that says so", async () => {
    const saga = await buying();
    await receiverOf(saga).tell({ operation: "on_ramp", state: "refused", receive_amount: 0 });
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomeAbsent");
    const sold = await ConversionSaga.after("on-ramp");
    for (const step of ["off-ramp", "on-ramp"] as const) await sold.tombstone(step);
    const { amount } = await sold.saysOf("off_ramp");
    const whole = { amount: Number(amount), currency: "USDC", receive_amount: 0, receive_currency: "EUR" };
    await receiverOf(sold).tell({ operation: "reverse_on_ramp", id: "back_1", ...whole });
    sold.seller.down = true;
    expect(await sold.fail("reverse-on-ramp")).toBe("OutcomeUnknown");
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["a type", { type: "refund.updated" }, {}],
    ["an operation", {}, { operation: "refund" }],
    ["a state", {}, { state: "disputed" }],
    ["a type of another shape", { type: "payout.created", operation: undefined, data: { id: 7 } }, {}],
    ["an operation of another shape", {}, { operation: "refund", id: 7, amount: "4.44" }],
  ])("lets %s pass that it does not know", async (_, top, more) => {
    const saga = await asked();
    const { send, found } = receiverOf(saga);
    const body = { ...JSON.parse(bodyOf(saga.payment_id, more)), ...top };
    expect((await send(JSON.stringify(body))).outcome).toBe("ignored");
    expect([found, (await saga.payment()).facts]).toEqual([[], undefined]);
  });

  it("asks by key what a success without an id is", async () => {
    const saga = await asked();
    expect((await receiverOf(saga).tell({ id: undefined, amount: 1000, currency: "EUR" })).outcome).toBe(
      "recorded",
    );
    saga.provider.down = true;
    expect(await saga.fail("capture-payment")).toBe("OutcomeUnknown");
    saga.provider.down = false;
    await saga.run("capture-payment");
    expect((await saga.payment()).capture_id).toBe(`cap-${saga.payment_id}:capture`);
  });
});

describe("a webhook that can be read in two ways", () => {
  /** The same webhook with a member written once more, or otherwise. */
  const changed = (saga: CardSaga, from: string | RegExp, to: string) =>
    bodyOf(saga.payment_id, { amount: 1000, currency: "EUR" }).replace(from, to);

  it.each<[string, string | RegExp, string, string]>([
    ["names its amount twice", '"amount":1000', '"amount":1000,"amount":1', "amount twice"],
    ["names it twice alike", '"amount":1000', '"amount":1000,"\\u0061mount":1000', "amount twice"],
    ["rounds its amount", '"amount":1000', '"amount":1000.00000000000000001', "a number for amount"],
    ["has a larger amount than a number holds", '"amount":1000', '"amount":9007199254740993', "for amount"],
    ["has an amount without end", '"amount":1000', '"amount":1e400', "a number for amount"],
    ["names its state twice", '"state":"succeeded"', '"state":"succeeded","state":"disputed"', "state twice"],
    ["names its key twice", '"reference"', '"idempotency_key":"p:x","reference"', "idempotency_key twice"],
    ["names its type twice", '"type":', '"type":"operation.updated","type":', "type twice"],
    [
      "has two operations",
      '"operation":{',
      '"operation":{"state":"refused"},"operation":{',
      "operation twice",
    ],
  ])("is no word, and people hear of it: it %s", async (_, from, to, what) => {
    const saga = await asked();
    const { send, found } = receiverOf(saga);
    const { outcome, disagreements } = await send(changed(saga, from, to));
    expect(outcome).toBe("ignored");
    expect(disagreements).toEqual([expect.stringContaining(what)]);
    expect((await saga.payment()).facts).toBeUndefined();
    const isOfPayment = what !== "idempotency_key twice";
    expect(found).toMatchObject(
      isOfPayment
        ? [{ payment_id: saga.payment_id, kind: "provider-disagrees", details: disagreements }]
        : [],
    );
  });

  it("keeps what people have to hear of beside it", async () => {
    const saga = await asked();
    const { send, tell, found } = receiverOf(saga);
    await tell();
    await tell({ state: "refused" });
    await send(changed(saga, '"amount":1000', '"amount":1000,"amount":1'));
    const details = found.at(-1)?.details ?? [];
    expect(details).toHaveLength(2);
    expect(details).toContain(String(found[0]?.details));
  });

  it.each<[string, string, string]>([
    ["twice in a member that nobody reads", '"amount"', '"risk":1,"risk":2,"amount"'],
    ["twice below such a member", '"amount"', '"risk":{"amount":1,"amount":2},"amount"'],
    ["a number of many digits in such a member", '"amount"', '"risk":0.12345678901234567890,"amount"'],
    ["U+FFFD, which its signature covers", '"id":"cap_1"', '"id":"cap_\ufffd"'],
  ])("is a word like any other with %s", async (_, from, to) => {
    const saga = await asked();
    const { send, found } = receiverOf(saga);
    expect((await send(changed(saga, from, to))).outcome).toBe("recorded");
    expect(found).toEqual([]);
  });

  it("is ignored where it is about something that is not known here", async () => {
    const saga = await asked();
    const { send, found } = receiverOf(saga);
    const body = bodyOf(saga.payment_id, { operation: "refund" }).replace(
      '"id"',
      '"amount":1,"amount":2,"id"',
    );
    expect(await send(body)).toEqual({ outcome: "ignored", disagreements: [] });
    expect(found).toEqual([]);
  });

  it("is refused of a payment that is unknown, and where it is deeper than anybody walks", async () => {
    const saga = await asked();
    const { send, found } = receiverOf(saga);
    const unknown = bodyOf(P, { amount: 1 }).replace('"amount":1', '"amount":1,"amount":2');
    await expect(send(unknown)).rejects.toThrow(expect.objectContaining({ name: "NotFound" }));
    const deep = changed(saga, '"amount"', `"risk":${"[".repeat(20_000)}${"]".repeat(20_000)},"amount"`);
    await expect(send(deep)).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ detail: expect.stringMatching(/nested/) }],
    });
    expect(found).toEqual([]);
  });

  it("reads every member that its schema describes", () => {
    const { properties } = schema.properties.operation;
    const at = (name: string) => readWebhook(`{"operation":{"${name}":1,"${name}":1}}`);
    for (const name of Object.keys(properties)) expect(at(name)).toHaveProperty("unsure");
    expect(() => at("risk")).toThrow();
  });
});

describe("POST /provider-webhooks/{provider}", () => {
  const ROUTE = "POST /provider-webhooks/{provider}";
  const SecretString = JSON.stringify({ key: "test-key", webhook_secrets: ["whsec_b25l"] });
  let secrets: Server;
  beforeAll(async () => {
    secrets = createServer((_, response) => void response.end(JSON.stringify({ SecretString })));
    await new Promise<void>((resolve) => secrets.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    secrets.close();
    secrets.closeAllConnections();
  });

  const send = (provider: string, body: string, port = (secrets.address() as AddressInfo).port) => {
    const AWS_ENDPOINT_URL_SECRETS_MANAGER = `http://127.0.0.1:${port}`;
    const handler = coldStart<Handler>("receive-provider-webhook/handler.ts", {
      AWS_ENDPOINT_URL_SECRETS_MANAGER,
    });
    return call(handler, request(ROUTE, { path: { provider }, claims: null, body }));
  };

  it("needs no token, and refuses what is not signed before it reads it", async () => {
    const { status, body } = await send("sandbox", "{");
    expect([status, body.code]).toEqual([401, "SignatureInvalid"]);
  });

  it("does not know other providers", async () => {
    expect((await send("nobody", "{}")).status).toBe(404);
  });

  it("refuses a body above 128 KiB unread", async () => {
    expect((await send("sandbox", "x".repeat(128 * 1024 + 1))).status).toBe(413);
  });

  it("answers 503 while the secret cannot be read: the provider is to send it again", async () => {
    const { status, text } = await send("sandbox", "{}", 1);
    expect(status).toBe(503);
    expect(text).not.toContain("test-provider");
  });
});
