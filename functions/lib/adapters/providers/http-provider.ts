// A provider over HTTP: the sandbox on a laptop and in test environments, and a model for a real
// provider's adapter. A call is one request: whether to send again is the step's decision. Only one
// that came too soon is sent again at once (polite-fetch.ts).

import { holdsCardNumber, withoutCardNumbers } from "../../domain/card-data.ts";
import type { Question } from "../../domain/provider-answer.ts";
import { asAsked } from "../../domain/provider-answer.ts";
import { canonicalUuid } from "../../domain/uuid.ts";
import type { Credentials } from "../../ports/credentials.ts";
import type { Provider, ProviderAnswer, ProviderNature } from "../../ports/provider.ts";
import { measure } from "../../runtime/metrics.ts";
import { type Pace, politely } from "./polite-fetch.ts";
import { sandboxNature } from "./sandbox-nature.ts";
import { saidIn } from "./sure-json.ts";

export type Settings = {
  url: string;
  credentials: Credentials;
  timeoutMs: number;
  /** True where a payment's metadata may order the sandbox to fail: never in production. */
  takesOrders: boolean;
  clock: Pace;
};
type Operation = {
  id?: unknown;
  state?: unknown;
  reference?: unknown;
  amount?: unknown;
  currency?: unknown;
  receive_amount?: unknown;
  receive_currency?: unknown;
};
/** What is read of an answer. */
const READ = [
  ...["/id", "/state", "/reference", "/amount", "/currency", "/receive_amount", "/receive_currency"],
  ...["/error", "/error/code", "/error/message"],
];
type Problem = { error?: { code?: unknown; message?: unknown } | null };

const REFUSALS = new Set([
  "card_declined",
  "capture_declined",
  "authorization_voided",
  "already_captured",
  "void_refused",
  "on_ramp_declined",
  "off_ramp_declined",
  "reversal_refused",
  "price_moved",
]);

/** A provider's words go into items and events that have to stay small, and hold no card number. */
const MAX_MESSAGE = 200;
const MAX_TEXT = 128;
const CODE = /^[a-z0-9_]{1,64}$/;
const isCode = (code: string): boolean => CODE.test(code) && !holdsCardNumber(code);

/** Our key refused, or its own failure: the next payment would meet the same. */
export const servesNobody = (status: number): boolean => status === 401 || status >= 500;

/** Our rate is too high. It is no outage: the next payment may be served. */
export const isThrottled = (status: number): boolean => status === 429;

/**
 * What an answer to a request, or to a question about a key, means. A status that is neither yes
 * nor no leaves the outcome unknown.
 */
function meaningOf(status: number, body: Operation & Problem, isRequest: boolean): ProviderAnswer {
  const code = codeIn(body);
  const inShort = isCode(code) ? `${status} ${code}` : `${status}`;
  if (code === "not_found") return { outcome: "absent" };
  if (code === "tombstoned" || body.state === "tombstoned") return { outcome: "tombstoned" };
  if (REFUSALS.has(code) || body.state === "refused") {
    const captured = code === "already_captured" ? ({ captured: true } as const) : {};
    return { outcome: "refused", message: reasonIn(body) ?? `the provider answered ${inShort}`, ...captured };
  }
  if (status < 300 && body.state === "succeeded") return succeeded(body);
  if (status < 300 && body.state === "pending") return { outcome: "pending" };
  if (isRequest && REJECTIONS.has(status) && isCode(code)) return { outcome: "rejected", code };
  return unknown(`it answered ${inShort}`, causeOf(status));
}

/** The request itself is wrong: the same one is never taken. */
const REJECTIONS = new Set([400, 422]);

/**
 * `reason` is in our own words: it reaches logs and the machine's history, where nothing of a
 * payment may stand.
 */
const unknown = (reason: string, cause: Cause): ProviderAnswer => ({
  outcome: "unknown",
  message: reason,
  ...cause,
});

type Cause = { unavailable?: true; throttled?: true };
const UNAVAILABLE: Cause = { unavailable: true };

function causeOf(status: number): Cause {
  if (isThrottled(status)) return { throttled: true };
  return servesNobody(status) ? UNAVAILABLE : {};
}

const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const codeIn = ({ error }: Problem): string => textIn(error?.code) ?? "";

/** Why it refused, in the provider's own words. */
const reasonIn = ({ error }: Problem): string | undefined =>
  textIn(error?.message) && withoutCardNumbers(String(error?.message)).slice(0, MAX_MESSAGE).toWellFormed();

/**
 * What the provider says that it did; what is missing, or is no such thing, is left out. Of a text
 * that is too long to be one of ours the beginning differs as well. No id has that length, nor is
 * one a card number.
 */
function succeeded(body: Operation): ProviderAnswer {
  const text = (value: unknown) => {
    const said = textIn(value);
    return said === undefined ? undefined : withoutCardNumbers(said).slice(0, MAX_TEXT + 1);
  };
  const canonical = (said: string | undefined) => said && canonicalUuid(said);
  const minor = (value: unknown) =>
    Number.isSafeInteger(value) && Number(value) > 0 ? BigInt(value as number) : undefined;
  const said = {
    reference: canonical(text(body.reference)),
    amount: minor(body.amount),
    currency: text(body.currency),
    received: minor(body.receive_amount),
    received_currency: text(body.receive_currency),
  };
  const stated = Object.entries(said).filter(([, value]) => value !== undefined);
  const id = textIn(body.id) ?? "";
  const isId = id.length <= MAX_TEXT && !holdsCardNumber(id);
  return { outcome: "succeeded", id: isId ? id : "", ...Object.fromEntries(stated) };
}

const isObject = (value: unknown): value is Operation & Problem =>
  typeof value === "object" && value !== null;

/** `ECONNREFUSED`, `TimeoutError`: the words of an error may quote what was sent. */
function nameOf(error: unknown): string {
  const { name = "Error", cause } = error as Error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : name;
}

export abstract class HttpProvider implements Provider {
  readonly nature: ProviderNature;
  private readonly settings: Settings;

  constructor(name: string, settings: Settings) {
    this.nature = { name, ...sandboxNature(), takes_orders: settings.takesOrders };
    this.settings = settings;
  }

  find(key: string): Promise<ProviderAnswer> {
    return this.measured("find", () => this.send(`GET /v1/operations/${encodeURIComponent(key)}`, key));
  }

  tombstone(key: string, paymentId: string): Promise<ProviderAnswer> {
    const body = { operation_key: key, reference: paymentId };
    return this.measured("tombstone", () => this.send("POST /v1/tombstones", `${key}:tombstone`, body));
  }

  /**
   * Asks for an operation, whose method's name is `operation`. A success of something else than
   * `question` is none.
   */
  protected async call(
    operation: string,
    question: Question,
    ...request: [route: string, key: string, body: unknown]
  ): Promise<ProviderAnswer> {
    return asAsked(question, await this.measured(operation, () => this.send(...request, true)));
  }

  /** Measures how long the call took and what it came to. */
  private async measured(operation: string, send: () => Promise<ProviderAnswer>): Promise<ProviderAnswer> {
    const { clock } = this.settings;
    const began = clock.now();
    const answer = await send();
    const cause = (["unavailable", "throttled"] as const).find((name) => name in answer);
    const outcome = cause ?? answer.outcome;
    const dimensions = { provider: this.nature.name, operation, outcome };
    measure({ ProviderMilliseconds: clock.now() - began, ProviderAnswers: 1 }, dimensions);
    return answer;
  }

  /** `route` is method and path: `POST /v1/captures`. */
  private async send(route: string, key: string, body?: unknown, isRequest = false): Promise<ProviderAnswer> {
    const [method = "", path = ""] = route.split(" ");
    const { url, credentials, timeoutMs, clock } = this.settings;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      // A provider without a readable key cannot be reached: its breaker then holds new sagas.
      const { key: secret } = await credentials.read();
      const request: RequestInit = {
        method,
        headers: {
          authorization: `Bearer ${secret}`,
          "idempotency-key": key,
          ...(body ? { "content-type": "application/json" } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal,
        redirect: "error",
      };
      const response = await politely(() => fetch(`${url}${path}`, request), clock, timeoutMs);
      const { value: answered, isUnsure } = saidIn(await response.text().catch(() => ""), READ);
      if (isUnsure) return unknown(`it answered ${response.status} in two ways`, causeOf(response.status));
      if (!isObject(answered)) {
        const cause = isThrottled(response.status) ? { throttled: true as const } : UNAVAILABLE;
        return unknown(`it answered ${response.status} and no JSON object`, cause);
      }
      return meaningOf(response.status, answered, isRequest);
    } catch (error) {
      // A refused connection, a deadline, half an answer: each may follow an effect, so each is an
      // unknown outcome.
      return unknown(`it did not answer: ${nameOf(error)}`, UNAVAILABLE);
    }
  }

  /** The provider gets the sandbox's orders and no other metadata: that is the merchant's own. */
  protected shared({ payment_id, metadata }: { payment_id: string; metadata?: Record<string, string> }) {
    const sandbox = this.nature.takes_orders ? metadata?.sandbox : undefined;
    return { reference: payment_id, ...(sandbox === undefined ? {} : { metadata: { sandbox } }) };
  }
}
