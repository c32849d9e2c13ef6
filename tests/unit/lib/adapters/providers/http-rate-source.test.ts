// Rates over HTTP: prices or none, and never a wrong one.
import "../../../../support/function-environment.ts";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { HttpRateSource } from "../../../../../functions/lib/adapters/providers/http-rate-source.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

/** The source of a market that answers like that. */
async function marketThat(status: number, body: unknown, timeoutMs = 60_000): Promise<HttpRateSource> {
  server = createServer((request, response) => {
    if (status === 0) return;
    expect(request.url).toBe("/v1/rates?currency=EUR");
    expect(request.headers.authorization).toBe("Bearer key");
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { read: async () => ({ key: "key", webhook_secrets: [] }) };
  return new HttpRateSource({ url: `http://127.0.0.1:${port}`, credentials, timeoutMs });
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
    ["turns us away", 401, {}],
    ["is not where we look for it", 404, { message: "Not Found" }],
    ["does not know the path", 404, { error: { code: "unknown_route" } }],
    ["says nothing with its 404", 404, null],
    ["has an error for a word", 404, { error: "unknown_currency" }],
    ["sends no JSON", 200, "<html>"],
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
