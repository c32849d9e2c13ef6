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
  response.end(JSON.stringify(body));
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

  it.each([
    ["the status and the code", 500, { error: { code: "internal_error" } }, "it answered 500 internal_error"],
    ["the status alone", 403, {}, "it answered 403"],
    ["nothing of its words", 422, { error: { code: "no card 1", message: "Ada" } }, "it answered 422"],
    ["that there was no JSON", 502, "<html>Ada", "it answered 502 and no JSON object"],
    ["that there was none", 0, {}, "it did not answer: UND_ERR_SOCKET"],
  ])("says of an answer that decides nothing %s", async (_, answered, answer, message) => {
    status = answered;
    body = answer;
    expect(await provider.find("p:authorize")).toMatchObject({ outcome: "unknown", message });
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
