// The card provider over HTTP.
import { CARD_PROVIDER } from "../../domain/saga-definition.ts";
import type { CardProvider, ProviderRequest } from "../../ports/card-provider.ts";
import type { ProviderAnswer } from "../../ports/provider.ts";
import { HttpProvider, type Settings } from "./http-provider.ts";

export class HttpCardProvider extends HttpProvider implements CardProvider {
  constructor(settings: Settings) {
    super(CARD_PROVIDER, settings);
  }

  authorize(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.call("authorize", request, "POST /v1/authorizations", request.key, {
      ...this.money(request),
      ...(request.payment_method ? { payment_method: request.payment_method } : {}),
    });
  }

  capture(request: ProviderRequest & { authorization_id: string }): Promise<ProviderAnswer> {
    const body = { ...this.money(request), authorization_id: request.authorization_id };
    return this.call("capture", request, "POST /v1/captures", request.key, body);
  }

  void(request: Parameters<CardProvider["void"]>[0]): Promise<ProviderAnswer> {
    const { authorize_key: operation_key, authorization_id } = request;
    const body = {
      ...this.shared(request),
      operation_key,
      ...(authorization_id ? { authorization_id } : {}),
    };
    return this.call("void", { payment_id: request.payment_id }, "POST /v1/voids", request.key, body);
  }

  private money(request: ProviderRequest) {
    return { ...this.shared(request), amount: Number(request.amount), currency: request.currency };
  }
}
