// Rates over HTTP: prices or none, and never a wrong one.
import "../../../../support/function-environment.ts";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { HttpRateSource } from "../../../../../functions/lib/adapters/providers/http-rate-source.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

let server: Server | undefined;
/** Of this test: a request that nobody waits for may reach the one before. */
let market = { asked: 0 };
let clock = new ManualClock();
afterEach(() => void server?.close());
beforeEach(() => {
  market = { asked: 0 };
  clock = new ManualClock();
});

/** The source of a market that answers like that. */
async function marketThat(status: number, body: unknown, timeoutMs = 60_000): Promise<HttpRateSource> {
  const own = market;
  server = createServer((request, response) => {
    own.asked += 1;
    if (status === 0) return;
    expect(request.url).toBe("/v1/rates?currency=EUR");
    expect(request.headers.authorization).toBe("Bearer key");
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { read: async () => ({ key: "key", webhook_secrets: [] }) };
  return new HttpRateSource({ url: `http://127.0.0.1:${port}`, credentials, timeoutMs, clock });
}

const PRICES = { currency: "EUR", mid: "1.0874", on_ramp: "1.0863", off_ramp: "1.0885" };

describe("the rate source", () => {
  it("gives the market's prices", async () => {
    expect(await (await marketThat(200, { ...PRICES, at: "now" })).ratesOf("EUR")).toEqual(PRICES);
  });

  it("knows no rates of a currency that the market does not trade", async () => {
    const untraded = { error: { code: "unknown_currency", message: "EUR is not traded" } };
    expect(await (await marketThat(404, untraded)).ratesOf("EUR")).toBeUndefined();
  });

  it.each([
    ["fails", 500, {}],
    ["is asked too often", 429, "slow down"],
    ["turns us away", 401, {}],
    ["is not where we look for it", 404, { message: "Not Found" }],
    ["does not know the path", 404, { error: { code: "unknown_route" } }],
    ["says nothing with its 404", 404, null],
    ["has an error for a word", 404, { error: "unknown_currency" }],
    ["sends no JSON", 200, "<html>"],
    ["says two prices", 200, JSON.stringify(PRICES).replace('"mid"', '"mid":"9","mid"')],
    ["leaves a price out", 200, { ...PRICES, off_ramp: undefined }],
    ["sends a price as a number", 200, { ...PRICES, mid: 1.0874 }],
    ["sends a price of nothing", 200, { ...PRICES, on_ramp: "0.00" }],
    ["sends what is no number", 200, { ...PRICES, on_ramp: "1e9" }],
    ["does not answer", 0, {}],
  ])("has none while the market %s", async (_, status, body) => {
    const source = await marketThat(status, body, 200);
    await expect(source.ratesOf("EUR")).rejects.toMatchObject({ name: "ProviderUnavailable" });
  });
});

describe("a rate", () => {
  it("is asked for once a second, by however many at once, and never used for longer", async () => {
    const source = await marketThat(200, PRICES);
    await Promise.all(Array.from({ length: 20 }, () => source.ratesOf("EUR")));
    clock.advance(999);
    expect(await source.ratesOf("EUR")).toEqual(PRICES);
    expect(market.asked).toBe(1);
    clock.advance(1);
    await source.ratesOf("EUR");
    expect(market.asked).toBe(2);
  });

  it("is as old as the question, however late the answer came", async () => {
    const source = await marketThat(200, PRICES);
    const late = source.ratesOf("EUR");
    clock.advance(1_000);
    await late;
    await source.ratesOf("EUR");
    expect(market.asked).toBe(2);
  });

  it("that nobody got is asked for again at once", async () => {
    const source = await marketThat(500, {});
    await expect(source.ratesOf("EUR")).rejects.toThrow();
    await expect(source.ratesOf("EUR")).rejects.toThrow();
    expect(market.asked).toBe(2);
  });

  it("that the market does not trade is not asked for again within the second", async () => {
    const source = await marketThat(404, { error: { code: "unknown_currency" } });
    await source.ratesOf("EUR");
    expect(await source.ratesOf("EUR")).toBeUndefined();
    expect(market.asked).toBe(1);
  });
});
