// What a provider's answer means: for the payment, and for the breaker in front of the provider.
import "../../../../support/function-environment.ts";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { HttpCardProvider } from "../../../../../functions/lib/adapters/providers/http-card-provider.ts";
import { providersOf } from "../../../../../functions/lib/domain/saga-definition.ts";
import { ServiceUnavailable } from "../../../../../functions/lib/errors/registry.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";
import { credentialsOf } from "../../../../support/memory/memory-credentials.ts";
import { closeServers, urlOf } from "../../../../support/servers.ts";

let status = 200;
let body: unknown = {};
const server = createServer((request, response) => {
  heard.push(request.headers.authorization);
  if (status === 0) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json" });
  response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
});
let settings: ConstructorParameters<typeof HttpCardProvider>[0];
let provider: HttpCardProvider;
const heard: (string | undefined)[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = urlOf(server);
  const clock = new ManualClock();
  settings = { url, credentials: credentialsOf("key-1"), timeoutMs: 60_000, takesOrders: true, clock };
  provider = new HttpCardProvider(settings);
});
afterAll(() => closeServers(server));

describe("the card provider", () => {
  it("is named as the rail's provider, so that its breaker is the one that starts look at", () => {
    expect(providersOf("card")).toContain(provider.nature.name);
  });

  it.each([
    ["its own failure", 500],
    ["an outage", 503],
    ["our key refused", 401],
    ["no answer at all", 0],
  ])("is unavailable, and the outcome unknown, after %s", async (_, answered) => {
    status = answered;
    body = { error: { code: "whatever" } };
    expect(await provider.find("p:authorize")).toMatchObject({ outcome: "unknown", unavailable: true });
  });

  it("is not unavailable, and the outcome unknown, when it is asked too often", async () => {
    status = 429;
    body = { error: { code: "rate_limited" } };
    const message = "it answered 429 rate_limited";
    expect(await provider.find("p:authorize")).toEqual({ outcome: "unknown", message, throttled: true });
  });

  it.each([
    ["a request that it finds invalid", 400, { error: { code: "invalid_request" } }, "unknown"],
    ["a key used with another body", 422, { error: { code: "idempotency_key_reused" } }, "unknown"],
    ["a decline", 402, { error: { code: "card_declined" } }, "refused"],
    ["an unseen key", 404, { error: { code: "not_found" } }, "absent"],
    ["a success", 201, { id: "auth_1", state: "succeeded" }, "succeeded"],
  ])("is there when it answers with %s", async (_, answered, answer, outcome) => {
    status = answered;
    body = answer;
    const meaning = await provider.find("p:authorize");
    expect(meaning.outcome).toBe(outcome);
    expect(meaning).not.toHaveProperty("unavailable");
  });

  it.each([
    ["the status and the code", 500, { error: { code: "internal_error" } }, "it answered 500 internal_error"],
    ["the status alone", 403, {}, "it answered 403"],
    ["no card number as a code", 422, { error: { code: "4242424242424242" } }, "it answered 422"],
    ["nothing of its words", 422, { error: { code: "no card 1", message: "Ada" } }, "it answered 422"],
    ["that there was no JSON", 502, "<html>Ada", "it answered 502 and no JSON object"],
    ["that there was none", 0, {}, "it did not answer: UND_ERR_SOCKET"],
  ])("says of an answer that decides nothing %s", async (_, answered, answer, message) => {
    status = answered;
    body = answer;
    expect(await provider.find("p:authorize")).toMatchObject({ outcome: "unknown", message });
  });

  it.each([
    ["two states", '{"id":"a","state":"refused","state":"succeeded"}'],
    ["two amounts", '{"id":"a","state":"succeeded","amount":1,"\\u0061mount":500}'],
    ["an amount that is rounded", '{"id":"a","state":"succeeded","amount":500.00000000000000001}'],
    ["two codes", '{"error":{"code":"card_declined","code":"not_found"}}'],
  ])("decides nothing by an answer with %s", async (_, answer) => {
    status = 201;
    body = Buffer.from(answer);
    const meaning = await provider.find("p:authorize");
    expect(meaning).toEqual({ outcome: "unknown", message: "it answered 201 in two ways" });
  });

  it("takes an answer that says something twice which nobody reads", async () => {
    status = 201;
    body = Buffer.from('{"id":"a","state":"succeeded","risk":0.12345678901234567890,"links":{"a":1,"a":2}}');
    expect(await provider.find("p:authorize")).toEqual({ outcome: "succeeded", id: "a" });
  });

  it.each<[string, unknown, string]>([
    ["its own words", "do not honour", "do not honour"],
    ["nothing where there are none", null, "the provider answered 402 card_declined"],
    ["nothing where they are none", { en: "no" }, "the provider answered 402 card_declined"],
    ["no part of a card number at its end", `${"x".repeat(190)}4242424242424242`, `${"x".repeat(190)}[card]`],
    ["no card number", "4242 4242 4242 4242 of Ada was declined", "[card] of Ada was declined"],
    ["no more than 200 characters", "x".repeat(10_000), "x".repeat(200)],
    ["no half of a character", `${"x".repeat(199)}\u{1f4b3}`, `${"x".repeat(199)}\ufffd`],
  ])("says of a refusal %s", async (_, message, said) => {
    status = 402;
    body = { state: "refused", error: { code: "card_declined", message } };
    expect(await provider.find("p:authorize")).toEqual({ outcome: "refused", message: said });
  });

  it.each([null, "gone", { code: null }, { code: 7, message: null }])(
    "decides nothing by an error of the shape %j",
    async (error) => {
      status = 422;
      body = { error };
      const answer = await provider.authorize({
        key: "p:authorize",
        payment_id: "p",
        amount: 1n,
        currency: "EUR",
      });
      expect(answer).toEqual({ outcome: "unknown", message: "it answered 422" });
    },
  );

  it("takes a reference in capitals for ours", async () => {
    status = 201;
    const payment_id = "2f6c1f0e-0000-8000-8000-00000000000a";
    const asked = { amount: 1000n, currency: "EUR" };
    body = {
      state: "succeeded",
      id: "auth_1",
      amount: 1000,
      currency: "EUR",
      reference: payment_id.toUpperCase(),
    };
    const answer = await provider.authorize({ key: `${payment_id}:authorize`, payment_id, ...asked });
    expect(answer).toEqual({ outcome: "succeeded", id: "auth_1", ...asked, reference: payment_id });
  });

  it("takes no card number for an id, nor keeps one of what was said beside it", async () => {
    status = 201;
    const success = { state: "succeeded", amount: 1000, currency: "EUR" };
    const request = { key: "p:authorize", payment_id: "p", amount: 1000n, currency: "EUR" };
    body = { ...success, id: "4242424242424242" };
    expect(await provider.authorize(request)).toEqual({
      outcome: "unknown",
      message: "it answered that it succeeded, and not id",
    });
    body = { ...success, id: "auth_1", reference: "4242 4242 4242 4242" };
    const answer = await provider.authorize(request);
    expect(answer).toMatchObject({ outcome: "differs", reference: "[card]" });
    expect(Object.values(answer).join()).not.toContain("4242");
  });

  it("takes no id for one that no item holds, and no text for ours because it begins like it", async () => {
    status = 201;
    const success = { id: "auth_1", state: "succeeded", amount: 1000, currency: "EUR" };
    const request = { key: "p:authorize", payment_id: "p".repeat(128), amount: 1000n, currency: "EUR" };
    body = { ...success, id: "a".repeat(500_000) };
    expect(await provider.authorize(request)).toMatchObject({ outcome: "unknown" });
    body = { ...success, reference: "p".repeat(500_000) };
    const differs = await provider.authorize(request);
    expect(differs).toMatchObject({ outcome: "differs", members: ["reference"] });
    expect(JSON.stringify(differs, (_, value) => String(value)).length).toBeLessThan(1_000);
    body = { ...success, id: "a".repeat(128), reference: "p".repeat(128) };
    expect(await provider.authorize(request)).toMatchObject({ outcome: "succeeded" });
  });

  it("says of silence how it ended, and never what was sent", async () => {
    const away = new HttpCardProvider({ ...settings, url: "http://127.0.0.1:1" });
    expect(await away.find("p:authorize")).toMatchObject({
      message: expect.stringMatching(/^it did not answer: \w+$/),
    });
  });

  it("hears the key of this very moment: a rotation needs no new environment", async () => {
    const keys = ["key-1", "key-2"];
    const credentials = { read: async () => ({ key: keys.shift() ?? "", webhook_secrets: [] }) };
    const rotated = new HttpCardProvider({ ...settings, credentials });
    heard.length = 0;
    await rotated.find("p:authorize");
    await rotated.find("p:authorize");
    expect(heard).toEqual(["Bearer key-1", "Bearer key-2"]);
  });

  it("is unavailable, and hears nothing, while its key cannot be read", async () => {
    const credentials = { read: () => Promise.reject(new ServiceUnavailable("no credentials")) };
    heard.length = 0;
    const answer = await new HttpCardProvider({ ...settings, credentials }).find("p:authorize");
    expect(answer).toMatchObject({ outcome: "unknown", unavailable: true });
    expect(heard).toEqual([]);
  });
});
