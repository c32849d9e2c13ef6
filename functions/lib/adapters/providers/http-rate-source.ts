// Rates over HTTP, as the sandbox's market gives them, each asked for once a second at most.
// Reading a rate moves nothing: whatever goes wrong, the only result is that there are no rates
// now.

import { type Rates, RatesUnavailable } from "../../domain/rates.ts";
import { ratioOf } from "../../domain/ratio.ts";
import { ProviderUnavailable } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Credentials } from "../../ports/credentials.ts";
import type { RateSource } from "../../ports/rate-source.ts";
import { isFresh } from "../short-memory.ts";
import { isThrottled, servesNobody } from "./http-provider.ts";
import { type Pace, politely } from "./polite-fetch.ts";
import { saidIn } from "./sure-json.ts";

/**
 * The market's code for a currency that it does not trade. A 404 alone is no such answer: a gateway
 * gives it for an unknown path.
 */
const NOT_TRADED = "unknown_currency";
/** What is read of an answer. One that says two things of these says nothing. */
const READ = ["/mid", "/on_ramp", "/off_ramp", "/error", "/error/code"];

/** A rate is used for so long after it was asked for, by whoever asks this environment. */
const FRESH_MS = 1_000;

type Settings = {
  url: string;
  credentials: Credentials;
  timeoutMs: number;
  clock: Pace & Pick<Clock, "ago">;
};
type Asked = { at: number; rates: Promise<Rates | undefined> };

export class HttpRateSource implements RateSource {
  private readonly settings: Settings;
  /** By currency, of which there are as many as ISO 4217 has. */
  private readonly asked = new Map<string, Asked>();

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Whoever asks within the second shares the answer, one that is under way too. */
  ratesOf(currency: string): Promise<Rates | undefined> {
    const { clock } = this.settings;
    const known = this.asked.get(currency);
    if (known && isFresh(known.at, FRESH_MS, clock)) return known.rates;
    const asked = { at: clock.now(), rates: this.read(currency) };
    this.asked.set(currency, asked);
    // What failed is asked for again by the next one.
    asked.rates.catch(() => this.asked.get(currency) === asked && this.asked.delete(currency));
    return asked.rates;
  }

  private async read(currency: string): Promise<Rates | undefined> {
    const { status, body } = await this.get(`/v1/rates?currency=${encodeURIComponent(currency)}`);
    if (status === 404 && codeOf(body) === NOT_TRADED) return undefined;
    const silence = `there are no rates: the market answered ${status}`;
    if (servesNobody(status)) throw new RatesUnavailable(silence);
    if (status !== 200) throw new ProviderUnavailable(silence);
    return readRates(body, currency);
  }

  private async get(path: string): Promise<{ status: number; body: unknown }> {
    const { url, credentials, timeoutMs, clock } = this.settings;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { key } = await credentials.read();
      const request: RequestInit = {
        headers: { authorization: `Bearer ${key}` },
        signal,
        redirect: "error",
      };
      const response = await politely(() => fetch(`${url}${path}`, request), clock, timeoutMs);
      // What a gateway says to whom it turns away need be no JSON.
      if (isThrottled(response.status)) return { status: response.status, body: undefined };
      const { value, isUnsure } = saidIn(await response.text(), READ);
      if (value === undefined) throw new Error("it answered no JSON");
      return { status: response.status, body: isUnsure ? undefined : value };
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
