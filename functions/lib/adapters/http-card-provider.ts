// The card provider over HTTP: the sandbox on a laptop and in test environments, and what a real PSP's adapter looks like.
// One request per call and never a retry of its own: whether to send again is the step's decision.
import { CARD_PROVIDER } from "../domain/rails.ts";
import type { CardProvider, ProviderAnswer, ProviderRequest } from "../ports/card-provider.ts";

type Settings = {
  url: string;
  key: string;
  timeoutMs: number;
  /** True where a payment's metadata may order the sandbox to fail: never in production. */
  takesOrders: boolean;
};
type Operation = { id: string; state: "pending" | "succeeded" | "refused" | "tombstoned" };
type Problem = { error?: { code?: string; message?: string } };

/** The sandbox's nature, as docs/sandbox.md states it. */
const SANDBOX_NATURE = {
  name: CARD_PROVIDER,
  key_ttl_seconds: 86_400,
  replays_errors: true,
  tombstones: true,
  in_flight_seconds: 15,
};

const REFUSALS = new Set([
  "card_declined",
  "capture_declined",
  "authorization_voided",
  "already_captured",
  "void_refused",
]);

/** A provider's words go into items and events that have to stay small. */
const MAX_MESSAGE = 200;

/** Our key refused, too many requests, or the provider's own failure: the next payment would fare no better. */
const servesNobody = (status: number): boolean => status === 401 || status === 429 || status >= 500;

/** What the provider's answer means. A status that says neither yes nor no leaves the outcome unknown. */
function meaningOf(status: number, body: Operation & Problem): ProviderAnswer {
  const code = body.error?.code ?? "";
  const message = (body.error?.message ?? `the provider answered ${status} ${code}`).slice(0, MAX_MESSAGE);
  if (code === "not_found") return { outcome: "absent" };
  if (code === "tombstoned" || body.state === "tombstoned") return { outcome: "tombstoned" };
  if (REFUSALS.has(code) || body.state === "refused") {
    return { outcome: "refused", message, ...(code === "already_captured" ? { captured: true } : {}) };
  }
  if (status < 300 && body.state === "succeeded") return { outcome: "succeeded", id: body.id };
  if (status < 300 && body.state === "pending") return { outcome: "pending" };
  return { outcome: "unknown", message, ...(servesNobody(status) ? { unavailable: true } : {}) };
}

export class HttpCardProvider implements CardProvider {
  readonly nature = SANDBOX_NATURE;
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  authorize(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.call("POST", "/v1/authorizations", request.key, {
      ...this.shared(request),
      ...(request.payment_method ? { payment_method: request.payment_method } : {}),
    });
  }

  capture(request: ProviderRequest & { authorization_id: string }): Promise<ProviderAnswer> {
    const body = { ...this.shared(request), authorization_id: request.authorization_id };
    return this.call("POST", "/v1/captures", request.key, body);
  }

  void(request: ProviderRequest & { authorize_key: string }): Promise<ProviderAnswer> {
    const { reference, metadata } = this.shared(request);
    const body = { operation_key: request.authorize_key, reference, ...(metadata ? { metadata } : {}) };
    return this.call("POST", "/v1/voids", request.key, body);
  }

  find(key: string): Promise<ProviderAnswer> {
    return this.call("GET", `/v1/operations/${encodeURIComponent(key)}`, key);
  }

  tombstone(key: string, paymentId: string): Promise<ProviderAnswer> {
    return this.call("POST", "/v1/tombstones", `${key}:tombstone`, {
      operation_key: key,
      reference: paymentId,
    });
  }

  private async call(method: string, path: string, key: string, body?: unknown): Promise<ProviderAnswer> {
    const { url, key: secret, timeoutMs } = this.settings;
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${secret}`,
          "idempotency-key": key,
          ...(body ? { "content-type": "application/json" } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: "error",
      });
      return meaningOf(response.status, (await response.json()) as Operation & Problem);
    } catch (error) {
      // A refused connection, a deadline, half an answer: each may follow an effect, so none of them is an error here.
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: "unknown", message, unavailable: true };
    }
  }

  /** The provider gets the sandbox's orders and no other metadata: the rest is the merchant's own business. */
  private shared({ payment_id, amount, currency, metadata }: ProviderRequest) {
    const sandbox = this.settings.takesOrders ? metadata?.sandbox : undefined;
    return {
      reference: payment_id,
      amount: Number(amount),
      currency,
      ...(sandbox === undefined ? {} : { metadata: { sandbox } }),
    };
  }
}
