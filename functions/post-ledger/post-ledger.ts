// Posts a payment to the ledger as its rail demands: a promise before the capture, or what the payout made final. It calls nobody, so
// it needs no intent: its journal is in the same transaction as its state.
import type { SagaInput } from "../lib/contracts/types.ts";
import { loadPayment } from "../lib/saga/load.ts";
import { type PromisePorts, promiseSale, throws as promiseThrows } from "./promise-sale.ts";
import { type SettlementPorts, settleConversion, throws as settlementThrows } from "./settle-conversion.ts";

/** By rail: the step is undone on one and retried until it works on the other. */
export const throws = { card: promiseThrows, stablecoin: settlementThrows } as const;

export type Ports = PromisePorts & SettlementPorts;

export const postLedger =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(ports.payments, payment_id);
    const post = payment.rail === "card" ? promiseSale(ports) : settleConversion(ports);
    await post(payment, execution);
  };
