// What is asked for under a key, or will be, told from the payment and its quote alone.
import type { ProviderOperation } from "../../functions/lib/domain/saga-definition.ts";
import type { MemoryPaymentStore } from "../support/memory/memory-payment-store.ts";
import { type Deed, operationOf, paymentOf } from "./key-books.ts";

/** A reversal is asked for at any price: what it brings is what was paid, more or less. */
export function askedUnder(store: MemoryPaymentStore, key: string): Deed {
  const payment = store.read(paymentOf(key));
  if (!payment) throw new Error(`nobody pays ${key}`);
  const { payment_id: reference, amount, currency } = payment;
  if (!isRamp(operationOf(key))) return { reference, amount, currency };
  const quote = store.quotes.get(payment.quote_id ?? "");
  const usdc = { amount: quote?.transit_amount ?? amount, currency: "USDC" };
  const paid = { amount: quote ? quote.source_amount - quote.fee : amount, currency };
  const arrived = {
    amount: quote?.payout_amount ?? amount,
    currency: quote?.destination_currency ?? currency,
  };
  const deal = (from: typeof usdc, to: typeof usdc): Deed => ({
    reference,
    ...from,
    received: to.amount,
    received_currency: to.currency,
  });
  if (operationOf(key) === "off_ramp") return deal(usdc, arrived);
  return operationOf(key) === "on_ramp" ? deal(paid, usdc) : deal(usdc, paid);
}

const isRamp = (operation: ProviderOperation): boolean => operation.endsWith("_ramp");
