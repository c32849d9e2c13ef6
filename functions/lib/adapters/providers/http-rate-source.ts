// Rates over HTTP, as the sandbox's market gives them. Reading a rate moves nothing: whatever goes
// wrong, the only result is that there are no rates now.

import { type Rates, RatesUnavailable } from "../../domain/rates.ts";
import { ratioOf } from "../../domain/ratio.ts";
import { ProviderUnavailable } from "../../errors/registry.ts";
import type { Credentials } from "../../ports/credentials.ts";
import type { RateSource } from "../../ports/rate-source.ts";
import { servesNobody } from "./http-provider.ts";

/**
 * The market's code for a currency that it does not trade. A 404 alone is no such answer: a gateway
 * gives it for an unknown path.
 */
const NOT_TRADED = "unknown_currency";

type Settings = { url: string; credentials: Credentials; timeoutMs: number };

export class HttpRateSource implements RateSource {
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  async ratesOf(currency: string): Promise<Rates | undefined> {
    const { status, body } = await this.get(`/v1/rates?currency=${encodeURIComponent(currency)}`);
    if (status === 404 && codeOf(body) === NOT_TRADED) return undefined;
    const silence = `there are no rates: the market answered ${status}`;
    if (servesNobody(status)) throw new RatesUnavailable(silence);
    if (status !== 200) throw new ProviderUnavailable(silence);
    return readRates(body, currency);
  }

  private async get(path: string): Promise<{ status: number; body: unknown }> {
    const { url, credentials, timeoutMs } = this.settings;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { key } = await credentials.read();
      const response = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${key}` },
        signal,
        redirect: "error",
      });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      throw new RatesUnavailable("there are no rates: the market does not answer", { cause: error });
    }
  }
}

const codeOf = (body: unknown): unknown => (body as { error?: { code?: unknown } } | null)?.error?.code;

/** A price that is none must not become a conversion: better no rates than wrong ones. */
function readRates(body: unknown, currency: string): Rates {
  const { mid, on_ramp, off_ramp } = (body ?? {}) as Partial<Rates>;
  const prices = { mid, on_ramp, off_ramp };
  if (!Object.values(prices).every(isPrice))
    throw new ProviderUnavailable("there are no rates: they are no prices");
  return { currency, ...(prices as Omit<Rates, "currency">) };
}

function isPrice(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    return ratioOf(value).over > 0n;
  } catch {
    return false;
  }
}
