// The ramps of one world: what was bought, paid out and sold back, and what that says against a
// payment and the ledger.
import { convertedAmount } from "../../functions/lib/domain/conversion-journals.ts";
import type { Journal } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { type Quote, TRANSIT_CURRENCY } from "../../functions/lib/domain/quote.ts";
import {
  OFF_RAMP_PROVIDER,
  ON_RAMP_PROVIDER,
  providerKey,
} from "../../functions/lib/domain/saga-definition.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type {
  OffRampProvider,
  OnRampProvider,
  RampRequest,
  ReversalRequest,
} from "../../functions/lib/ports/ramp-provider.ts";
import type { Invocation } from "./invocation.ts";
import { type Effect, KeyBooks, operationOf, paymentOf } from "./key-books.ts";
import { callsOf } from "./provider-calls.ts";
import { type Books, sumOf } from "./scenario.ts";

/**
 * What the market gives for the USDC when it is sold back, in shares of a thousand: it may have
 * fallen, or risen.
 */
const RESALE = { least: 900, most: 1_050 };

/** A purchase, a payout or a sale: what was given for what. */
type Deal = Required<Omit<Effect, "outcome">>;
type Deals = { bought: Deal[]; paid: Deal[]; sold: Deal[] };

export class RampBooks extends KeyBooks implements Books {
  private readonly deals = new Map<string, Deals>();

  providerFor(fn: string, by: Invocation): OnRampProvider | OffRampProvider {
    return fn.endsWith("off-ramp") ? this.offRamp(by) : this.onRamp(by);
  }

  private onRamp(by: Invocation): OnRampProvider {
    const { call, questions } = callsOf(this.run, this, by, ON_RAMP_PROVIDER);
    return {
      ...questions,
      onRamp: (request) => call("on_ramp", request.key, () => this.buy(request)),
      reverseOnRamp: (request) => call("reverse_on_ramp", request.key, () => this.sellBack(request)),
    };
  }

  private offRamp(by: Invocation): OffRampProvider {
    const { call, questions } = callsOf(this.run, this, by, OFF_RAMP_PROVIDER);
    return {
      ...questions,
      offRamp: (request) => call("off_ramp", request.key, () => this.payOut(request)),
    };
  }

  /** Bought once at most, and then paid out or sold back: never both. */
  doneTwice({ payment_id }: PaymentRecord): string[] {
    const { bought, paid, sold } = this.dealsOf(payment_id);
    const isTwice = bought.length > 1 || paid.length + sold.length > bought.length;
    return isTwice ? [this.said(payment_id)] : [];
  }

  private said(paymentId: string): string {
    const { bought, paid, sold } = this.dealsOf(paymentId);
    return `bought ${bought.length}, paid ${paid.length} and sold back ${sold.length} times`;
  }

  /** What was paid out is completed, the very amounts, and nothing is left in between. */
  wrongBooks(payment: PaymentRecord, quote?: Quote): string[] {
    const { status } = payment;
    const { bought, paid, sold } = this.dealsOf(payment.payment_id);
    const said = this.said(payment.payment_id);
    const wrong: string[] = [];
    if ((status === "COMPLETED") !== paid.length > 0) wrong.push(`${status}, and the provider ${said}`);
    if (isTerminal(status) && bought.length !== paid.length + sold.length)
      wrong.push(`${status} with USDC stranded: ${said}`);
    return status === "COMPLETED" ? [...wrong, ...wrongDeals(payment, quote, bought, paid)] : wrong;
  }

  wrongLedger({ payment_id, status, amount }: PaymentRecord, journals: Journal[], quote?: Quote): string[] {
    const balance = (account: string, currency?: string) =>
      sumOf(journals, (one) => one.account === account && (!currency || one.currency === currency));
    const completed = status === "COMPLETED";
    const wrong = ["clearing", "in_transit", "payout"]
      .filter((account) => balance(`house/${account}`) !== 0n)
      .map((account) => `${status} with ${balance(`house/${account}`)} in ${account}`);
    const paidBy = -balance("merchant/m1/acc_a");
    if (paidBy !== (completed ? amount : 0n)) wrong.push(`${status}, and the source paid ${paidBy}`);
    const arrived = balance("merchant/m1/acc_b");
    if (arrived !== (completed ? (quote?.destination_amount ?? 0n) : 0n))
      wrong.push(`${status}, and ${arrived} arrived`);
    const owed = balance("house/ramp_settlement", quote?.currency ?? "EUR");
    const { bought, sold } = this.dealsOf(payment_id);
    const spent = bought.reduce((sum, deal) => sum + deal.amount, 0n);
    const brought = sold.reduce((sum, deal) => sum + deal.received, 0n);
    if (owed !== spent - brought) wrong.push(`the ledger says ${owed} owed to the ramps`);
    return wrong;
  }

  /** A key that stays stuck is for a person. */
  blocks({ payment_id }: PaymentRecord): boolean {
    return (["on_ramp", "off_ramp", "reverse_on_ramp"] as const).some((operation) =>
      this.isStuck(providerKey(payment_id, operation)),
    );
  }

  private dealsOf(reference: string): Deals {
    const deals = this.deals.get(reference) ?? { bought: [], paid: [], sold: [] };
    this.deals.set(reference, deals);
    return deals;
  }

  private buy(request: RampRequest): ProviderAnswer {
    const { key, payment_id } = request;
    const asked = dealOf(request);
    return this.once(key, asked, () => {
      if (this.declines(payment_id, "first")) return this.refuse(key, "declined");
      return this.deal(key, "bought", asked);
    });
  }

  private payOut(request: RampRequest): ProviderAnswer {
    const { key, payment_id } = request;
    const asked = dealOf(request);
    return this.once(key, asked, () => {
      if (this.declines(payment_id, "pivot")) return this.refuse(key, "declined");
      return this.deal(key, "paid", asked);
    });
  }

  /** Taken back once, under whatever key. */
  private sellBack({ key, payment_id, on_ramp_tx_id }: ReversalRequest): ProviderAnswer {
    const { bought, sold } = this.dealsOf(payment_id);
    const [before] = sold;
    const known = this.known(key) ?? (before && { outcome: "succeeded", ...before });
    if (known) return known;
    const purchase = bought.find(({ id }) => id === on_ramp_tx_id);
    if (!purchase) return { outcome: "refused", message: "nothing was bought" };
    if (this.refusesUndo(payment_id)) return { outcome: "refused", message: "not now" };
    const thousandths = BigInt(Math.floor(this.run.random.between(RESALE.least, RESALE.most)));
    return this.deal(key, "sold", {
      reference: payment_id,
      amount: purchase.received,
      currency: purchase.received_currency,
      received: (purchase.amount * thousandths) / 1_000n,
      received_currency: purchase.currency,
    });
  }

  private deal(key: string, what: keyof Deals, asked: Omit<Deal, "id">): ProviderAnswer {
    const deals = this.dealsOf(asked.reference)[what];
    const id = `${what}-${deals.length + 1}-${asked.reference.slice(0, 4)}`;
    const deal = { id, ...this.doing(key, asked) };
    deals.push(deal);
    return this.did(key, deal);
  }

  /**
   * People put right what was done under the key: a sale becomes the whole sale, and anything else
   * is as if nothing had been.
   */
  putRight(key: string): void {
    const deals = this.dealsOf(paymentOf(key));
    const operation = operationOf(key);
    if (operation === "reverse_on_ramp") {
      const [sale] = deals.sold;
      const [purchase] = deals.bought;
      if (sale && purchase) Object.assign(sale, { amount: purchase.received });
      return;
    }
    deals[operation === "on_ramp" ? "bought" : "paid"].length = 0;
    this.undo(key);
  }
}

const dealOf = (request: RampRequest): Omit<Deal, "id"> => ({
  reference: request.payment_id,
  amount: request.amount,
  currency: request.currency,
  received: request.receive_amount,
  received_currency: request.receive_currency,
});

/** What a completed payment shows of its purchase and its payout, against what they were. */
function wrongDeals(
  payment: PaymentRecord,
  quote: Quote | undefined,
  bought: Deal[],
  paid: Deal[],
): string[] {
  if (!quote) return ["COMPLETED without its quote"];
  const { currency, destination_currency, transit_amount, payout_amount } = quote;
  const due = [
    [payment.on_ramp_tx_id, convertedAmount(quote), currency, transit_amount, TRANSIT_CURRENCY],
    [payment.off_ramp_tx_id, transit_amount, TRANSIT_CURRENCY, payout_amount, destination_currency],
  ];
  const done = [...bought, ...paid].map((deal) => [
    deal.id,
    deal.amount,
    deal.currency,
    deal.received,
    deal.received_currency,
  ]);
  return String(due) === String(done) ? [] : [`the payment shows ${due}, and the provider did ${done}`];
}
