// A provider that tells of its own accord: signed webhooks, through the real receiver.
import type { Word } from "../../functions/lib/domain/provider-fact.ts";
import { type ProviderOperation, providerKey } from "../../functions/lib/domain/saga-definition.ts";
import type { PaymentStore } from "../../functions/lib/ports/payment-store.ts";
import type { QuoteStore } from "../../functions/lib/ports/quote-store.ts";
import {
  type Received,
  receiveProviderWebhook,
} from "../../functions/receive-provider-webhook/receive-provider-webhook.ts";
import type { ManualClock } from "./memory/manual-clock.ts";
import { MemoryFindingStore } from "./memory/memory-finding-store.ts";

type Saga = { payments: PaymentStore; quotes: QuoteStore; clock: ManualClock; payment_id: string };

/** The provider remembers its keys for a day, as the memory providers do. */
const DAY_SECONDS = 86_400;

export class Teller {
  readonly findings = new MemoryFindingStore();
  keepsRefusals = true;
  private readonly saga: Saga;
  private readonly receive: ReturnType<typeof receiveProviderWebhook>;

  constructor(saga: Saga) {
    this.saga = saga;
    const { payments, quotes, clock } = saga;
    this.receive = receiveProviderWebhook({
      payments,
      quotes,
      clock,
      findings: this.findings,
      signatures: new Map([["sandbox", { isAuthentic: async () => true }]]),
      natureOf: () => ({ key_ttl_seconds: DAY_SECONDS, keeps_refusals: this.keepsRefusals }),
    });
  }

  /** What happened to one of the payment's keys, now; `more` adds to the operation. */
  tells(
    operation: ProviderOperation,
    state: Word["state"],
    more: Record<string, unknown> = {},
  ): Promise<Received> {
    const { payment_id, clock } = this.saga;
    return this.sends({
      type: "operation.updated",
      operation: {
        id: `${state}_1`,
        operation,
        idempotency_key: providerKey(payment_id, operation),
        reference: payment_id,
        state,
        at: new Date(clock.now()).toISOString(),
        ...more,
      },
    });
  }

  sends(body: unknown): Promise<Received> {
    return this.receive({ provider: "sandbox", headers: {}, rawBody: JSON.stringify(body) });
  }

  /** The sentences of the findings that are open. */
  found(): string[] {
    return this.findings.all().flatMap(({ details }) => details);
  }
}
