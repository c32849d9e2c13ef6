// Posts a payment to the ledger: on the card rail a promise before the capture, on the stablecoin
// rail what the payout made final. It calls no provider, so that it needs no intent: the journal is
// in the same transaction as the state.
import type { SagaInput } from "../lib/contracts/types.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import { type PromisePorts, promiseSale, throws as promiseThrows } from "./promise-sale.ts";
import { type SettlementPorts, settleConversion, throws as settlementThrows } from "./settle-conversion.ts";

/** By rail: the step is undone on the card rail, and retried until it works on the other. */
export const throws = { card: promiseThrows, stablecoin: settlementThrows } as const;

export type Ports = PromisePorts & SettlementPorts;

export const postLedger =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(ports.payments, { payment_id, execution });
    const post = payment.rail === "card" ? promiseSale(ports) : settleConversion(ports);
    await post(payment, execution);
  };
