// The ramps over HTTP. Amounts travel as JSON numbers: a conversion's terms keep them below 2^53.
import { OFF_RAMP_PROVIDER, ON_RAMP_PROVIDER } from "../../domain/saga-definition.ts";
import type { ProviderAnswer } from "../../ports/provider.ts";
import type {
  OffRampProvider,
  OnRampProvider,
  RampRequest,
  ReversalRequest,
} from "../../ports/ramp-provider.ts";
import { HttpProvider, type Settings } from "./http-provider.ts";

const conversionOf = (request: RampRequest) => ({
  amount: Number(request.amount),
  currency: request.currency,
  receive_amount: Number(request.receive_amount),
  receive_currency: request.receive_currency,
});

export class HttpOnRampProvider extends HttpProvider implements OnRampProvider {
  constructor(settings: Settings) {
    super(ON_RAMP_PROVIDER, settings);
  }

  onRamp(request: RampRequest): Promise<ProviderAnswer> {
    return this.call("onRamp", request, "POST /v1/on-ramps", request.key, {
      ...this.shared(request),
      ...conversionOf(request),
    });
  }

  reverseOnRamp(request: ReversalRequest): Promise<ProviderAnswer> {
    const { key, on_ramp_tx_id: on_ramp_id, amount, currency, receive_currency } = request;
    const body = { on_ramp_id, amount: Number(amount), currency, receive_currency };
    return this.call("reverseOnRamp", request, "POST /v1/on-ramp-reversals", key, {
      ...this.shared(request),
      ...body,
    });
  }
}

export class HttpOffRampProvider extends HttpProvider implements OffRampProvider {
  constructor(settings: Settings) {
    super(OFF_RAMP_PROVIDER, settings);
  }

  offRamp(request: RampRequest): Promise<ProviderAnswer> {
    return this.call("offRamp", request, "POST /v1/off-ramps", request.key, {
      ...this.shared(request),
      ...conversionOf(request),
    });
  }
}
