// Fixes the terms of the conversion, and reserves the source account's funds for it. It moves
// nothing at a provider, so that it needs no intent: the journal is in the same transaction as the
// state.
import type { SagaInput } from "../lib/contracts/types.ts";
import { merchantKey } from "../lib/domain/accounts.ts";
import { heldDebit, heldJournal } from "../lib/domain/conversion-journals.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { debitsOf, isMigrating } from "../lib/domain/overdraft.ts";
import { isDone, type PaymentRecord, refusalBy } from "../lib/domain/payment.ts";
import { EXECUTION_WINDOW_MS, ownQuoteId, type Quote } from "../lib/domain/quote.ts";
import { ON_RAMP_PROVIDER } from "../lib/domain/saga-definition.ts";
import {
  AmountTooLarge,
  AmountTooSmall,
  ContraError,
  CurrencyUnsupported,
  InvariantBroken,
  StoreContention,
} from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { RateSource } from "../lib/ports/rate-source.ts";
import { type Obstacle, priceConversion, quoteOf, reportingRates } from "../lib/saga/conversion-terms.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import { assertAvailable, noteUnreached } from "../lib/saga/may-begin.ts";
import { refuse } from "../lib/saga/record-refusal.ts";

const STEP = "authorize-conversion";
export const throws = [
  "CurrencyUnsupported",
  "AmountTooSmall",
  "AmountTooLarge",
  "InsufficientFunds",
  "ProviderUnavailable",
  "CancelRequested",
  "UndoStarted",
  "ContradictionStands",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = {
  payments: PaymentStore;
  accounts: Pick<LedgerStore, "account">;
  quotes: QuoteStore;
  rates: RateSource;
  policies: PolicySource;
  breaker: Breaker;
  clock: Clock;
};

export const authorizeConversion =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments } = ports;
    const payment = await loadPayment(payments, { payment_id, execution });
    const owner = { execution, step: STEP } as const;
    const guard: Guard = { ...owner, refusedIfCancelRequested: true };
    const deciding: Guard = { ...guard, decides: STEP };
    const objection = objectionTo(owner, payment);
    if (objection) throw objection;
    if (isDone(payment, STEP)) return;
    const earlier = refusalBy(payment, STEP);
    if (earlier) throw earlier;
    // A cancel ends the waiting for rates too.
    const withdrawn = objectionTo(guard, payment);
    if (withdrawn) throw withdrawn;
    try {
      const quote = await noteUnreached(payments, payment, owner, () => quoteFor(ports, payment));
      await hold(ports, payment, quote, deciding);
    } catch (error) {
      if (!(error instanceof ContraError) || error.kind !== "refused") throw error;
      await refuse(payments, payment, STEP, error, deciding);
    }
  };

/**
 * The merchant's quote, or our own. Ours is made once, by whichever try comes first: the write of a
 * later one is refused, and brings the first terms. It looks for them only where it has no price.
 */
async function quoteFor(ports: Ports, payment: PaymentRecord): Promise<Quote> {
  const { quotes } = ports;
  if (payment.quote_id !== undefined) return quoteOf(quotes, payment);
  const quote_id = ownQuoteId(payment);
  let own: Quote;
  try {
    own = await ownQuote(ports, payment, quote_id);
  } catch (error) {
    const first = await quotes.find(quote_id);
    if (!first) throw error;
    return first;
  }
  return quotes.keep(own);
}

/** The rates are the on-ramp's: its open breaker holds back a try that could only ask for them. */
async function ownQuote(ports: Ports, payment: PaymentRecord, quote_id: string): Promise<Quote> {
  const { rates, policies, breaker, clock } = ports;
  const { amount, merchant_id, payment_id, currency, destination_currency = currency } = payment;
  await assertAvailable(breaker, ON_RAMP_PROVIDER);
  const amount_side = "source";
  const wanted = { merchant_id, amount, amount_side, currency, destination_currency } as const;
  const offer = await priceConversion(
    { rates: reportingRates(rates, breaker, ON_RAMP_PROVIDER), policies },
    wanted,
  );
  if ("obstacles" in offer) throw refusalFor(offer.obstacles);
  const created_at = new Date(clock.now()).toISOString();
  const expires_at = new Date(clock.ahead(EXECUTION_WINDOW_MS)).toISOString();
  return {
    quote_id,
    merchant_id,
    amount_side,
    ...offer.terms,
    created_at,
    expires_at,
    consumed_by: payment_id,
  };
}

/** The first obstacle is enough to refuse a payment. POST /quotes names all of them. */
function refusalFor([obstacle]: Obstacle[]): ContraError {
  if (!obstacle) throw new InvariantBroken("no terms, and nothing in their way");
  const message = `${obstacle.subject} ${obstacle.detail}`;
  if (obstacle.wrong === "unsupported") return new CurrencyUnsupported(message);
  return obstacle.wrong === "too-small" ? new AmountTooSmall(message) : new AmountTooLarge(message);
}

/**
 * Throws InsufficientFunds where the source account lacks the funds, and is allowed no overdraft
 * that goes so far.
 */
async function hold(
  { payments, accounts, clock }: Ports,
  payment: PaymentRecord,
  quote: Quote,
  guard: Guard,
): Promise<void> {
  const { quote_id, source_amount, currency, destination_amount, destination_currency, rate } = quote;
  const held = heldJournal(payment, quote);
  const account = await accounts.account(merchantKey(payment.merchant_id, payment.source_account ?? ""));
  if (!account) throw new InvariantBroken("the source account was validated and is gone");
  if (isMigrating(account, clock.now())) throw new StoreContention("the account's guard is being made");
  await payments.commit(payment, {
    guard,
    step: STEP,
    status: "PROCESSING",
    changes: { held_at: new Date(clock.now()).toISOString(), quote_id },
    event: {
      type: "payment.held",
      data: {
        quote_id,
        journal_id: held.journal_id,
        amount: Number(source_amount),
        currency,
        destination_amount: Number(destination_amount),
        destination_currency,
        rate,
      },
    },
    journals: [held],
    debits: debitsOf(account, heldDebit(payment, quote)),
    achieves: { done: STEP },
  });
}
