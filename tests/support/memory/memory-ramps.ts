// The two ramps with their books in memory. The on-ramp takes its USDC back for `market` times what
// it was paid.
import { OFF_RAMP_PROVIDER, ON_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import type { ProviderAnswer } from "../../../functions/lib/ports/provider.ts";
import type {
  OffRampProvider,
  OnRampProvider,
  RampRequest,
  ReversalRequest,
} from "../../../functions/lib/ports/ramp-provider.ts";
import { MemoryBooks } from "./memory-books.ts";

const idOf = (onRampKey: string): string => `on-${onRampKey}`;

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
    const received = request.receive_amount;
    return this.act("on_ramp", request.key, { outcome: "succeeded", id: idOf(request.key), received });
  }

  async reverseOnRamp({ key, on_ramp_tx_id }: ReversalRequest): Promise<ProviderAnswer> {
    const bought = [...this.requests.values()].find((request) => idOf(request.key) === on_ramp_tx_id);
    const paid = bought?.amount ?? 0n;
    const received = (paid * this.market) / 100n;
    return this.act("reverse_on_ramp", key, { outcome: "succeeded", id: `back-${key}`, received });
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
    const received = request.receive_amount;
    return this.act("off_ramp", request.key, { outcome: "succeeded", id: `off-${request.key}`, received });
  }
}
