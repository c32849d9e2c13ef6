// The two ramps with their books in memory. The on-ramp takes its USDC back for `market` times what
// it was paid.
import { OFF_RAMP_PROVIDER, ON_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import type { ProviderAnswer, Success } from "../../../functions/lib/ports/provider.ts";
import type {
  OffRampProvider,
  OnRampProvider,
  RampRequest,
  ReversalRequest,
} from "../../../functions/lib/ports/ramp-provider.ts";
import { MemoryBooks } from "./memory-books.ts";

const idOf = (onRampKey: string): string => `on-${onRampKey}`;

/** What was asked for, to the unit. */
export const filled = (request: Omit<RampRequest, "key" | "payment_id">, id: string): Success => ({
  outcome: "succeeded",
  id,
  amount: request.amount,
  currency: request.currency,
  received: request.receive_amount,
  received_currency: request.receive_currency,
});

export class MemoryOnRamp extends MemoryBooks<"on_ramp" | "reverse_on_ramp"> implements OnRampProvider {
  /** Hundredths of what was paid that a reversal brings. */
  market = 98n;
  /** What was asked for, by key: a purchase under one key is one purchase. */
  readonly requests = new Map<string, RampRequest>();

  constructor() {
    super();
    this.nature = { ...this.nature, name: ON_RAMP_PROVIDER };
  }

  async onRamp(request: RampRequest): Promise<ProviderAnswer> {
    this.requests.set(request.key, request);
    return this.act("on_ramp", request.key, filled(request, idOf(request.key)));
  }

  async reverseOnRamp(request: ReversalRequest): Promise<ProviderAnswer> {
    const { key, on_ramp_tx_id, amount, currency, receive_currency: received_currency } = request;
    const bought = [...this.requests.values()].find((request) => idOf(request.key) === on_ramp_tx_id);
    const paid = bought?.amount ?? 0n;
    const received = (paid * this.market) / 100n;
    const sold = { amount, currency, received, received_currency };
    return this.act("reverse_on_ramp", key, { outcome: "succeeded", id: `back-${key}`, ...sold });
  }
}

export class MemoryOffRamp extends MemoryBooks<"off_ramp"> implements OffRampProvider {
  readonly requests = new Map<string, RampRequest>();

  constructor() {
    super();
    this.nature = { ...this.nature, name: OFF_RAMP_PROVIDER };
  }

  async offRamp(request: RampRequest): Promise<ProviderAnswer> {
    this.requests.set(request.key, request);
    return this.act("off_ramp", request.key, filled(request, `off-${request.key}`));
  }
}
