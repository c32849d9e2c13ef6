// What a provider's answer means: for the payment, and for the breaker in front of the provider.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { HttpCardProvider } from "../../../../functions/lib/adapters/http-card-provider.ts";
import { providersOf } from "../../../../functions/lib/domain/rails.ts";

let status = 200;
let body: unknown = {};
const server = createServer((_, response) => {
  if (status === 0) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
});
let provider: HttpCardProvider;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider = new HttpCardProvider({ url, key: "key", timeoutMs: 1_000, takesOrders: true });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe("the card provider", () => {
  it("is named as the rail's provider, so that its breaker is the one that starts look at", () => {
    expect(providersOf("card")).toContain(provider.nature.name);
  });

  it.each([
    ["its own failure", 500],
    ["an outage", 503],
    ["too many requests", 429],
    ["our key refused", 401],
    ["no answer at all", 0],
  ])("is unavailable, and the outcome unknown, after %s", async (_, answered) => {
    status = answered;
    body = { error: { code: "whatever" } };
    expect(await provider.find("p:authorize")).toMatchObject({ outcome: "unknown", unavailable: true });
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
});
