// The ramps of one run: what was bought, paid out and sold back, and what that says against the
// payment and the ledger.
import { convertedAmount } from "../../functions/lib/domain/conversion-journals.ts";
import type { Journal } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Quote } from "../../functions/lib/domain/quote.ts";
import {
  OFF_RAMP_PROVIDER,
  ON_RAMP_PROVIDER,
  providerKey,
} from "../../functions/lib/domain/saga-definition.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type { OffRampProvider, OnRampProvider } from "../../functions/lib/ports/ramp-provider.ts";
import type { Invocation } from "./invocation.ts";
import { KeyBooks } from "./key-books.ts";
import { callsOf } from "./provider-calls.ts";
import { type Books, sumOf } from "./scenario.ts";

/**
 * What the market gives for the USDC when it is sold back, in shares of a thousand: it may have
 * fallen, or risen.
 */
const RESALE = { least: 900, most: 1_050 };

export class RampBooks extends KeyBooks implements Books {
  private bought = 0;
  private paid = 0;
  /** What was given for what was bought, in the source's minor unit. */
  private price = 0n;
  /** What each sale brought, in the source's minor unit. */
  private readonly sales: bigint[] = [];
  private sold: ProviderAnswer | undefined;

  providerFor(fn: string, by: Invocation): OnRampProvider | OffRampProvider {
    return fn.endsWith("off-ramp") ? this.offRamp(by) : this.onRamp(by);
  }

  private onRamp(by: Invocation): OnRampProvider {
    const { call, questions } = callsOf(this.run, this, by, ON_RAMP_PROVIDER);
    return {
      ...questions,
      onRamp: ({ key, amount, receive_amount }) =>
        call("on_ramp", key, () => this.buy(key, amount, receive_amount)),
      reverseOnRamp: ({ key, on_ramp_tx_id }) =>
        call("reverse_on_ramp", key, () => this.sellBack(key, on_ramp_tx_id)),
    };
  }

  private offRamp(by: Invocation): OffRampProvider {
    const { call, questions } = callsOf(this.run, this, by, OFF_RAMP_PROVIDER);
    return {
      ...questions,
      offRamp: ({ key, receive_amount }) => call("off_ramp", key, () => this.payOut(key, receive_amount)),
    };
  }

  /** Bought once at most, and then paid out or sold back: never both, and never neither. */
  wrongBooks({ status }: PaymentRecord): string[] {
    const { bought, paid } = this;
    const sold = this.sales.length;
    const said = `bought ${bought}, paid ${paid} and sold back ${sold} times`;
    const wrong: string[] = [];
    if (bought > 1 || paid + sold > bought) wrong.push(said);
    if ((status === "COMPLETED") !== paid > 0) wrong.push(`${status}, and the provider ${said}`);
    if (isTerminal(status) && bought !== paid + sold) wrong.push(`${status} with USDC stranded: ${said}`);
    return wrong;
  }

  wrongLedger({ status, amount }: PaymentRecord, journals: Journal[], quote?: Quote): string[] {
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
    const spent = quote ? convertedAmount(quote) * BigInt(this.bought) : 0n;
    const brought = this.sales.reduce((sum, one) => sum + one, 0n);
    if (owed !== spent - brought) wrong.push(`the ledger says ${owed} owed to the ramps`);
    return wrong;
  }

  /** A key that stays stuck is for a person. */
  blocks({ payment_id }: PaymentRecord): boolean {
    return (["on_ramp", "off_ramp", "reverse_on_ramp"] as const).some((operation) =>
      this.isStuck(providerKey(payment_id, operation)),
    );
  }

  private buy(key: string, amount: bigint, received: bigint): ProviderAnswer {
    return this.once(key, () => {
      if (this.run.plan.refuses.first) return { outcome: "refused", message: "declined" };
      this.bought += 1;
      this.price = amount;
      return { outcome: "succeeded", id: `bought-${this.bought}`, received };
    });
  }

  private payOut(key: string, received: bigint): ProviderAnswer {
    return this.once(key, () => {
      if (this.run.plan.refuses.pivot) return { outcome: "refused", message: "declined" };
      this.paid += 1;
      return { outcome: "succeeded", id: `paid-${this.paid}`, received };
    });
  }

  /** Taken back once, under whatever key. */
  private sellBack(key: string, purchase: string): ProviderAnswer {
    const known = this.known(key) ?? this.sold;
    if (known) return known;
    if (this.bought === 0 || purchase !== `bought-${this.bought}`)
      return { outcome: "refused", message: "nothing was bought" };
    if (this.refusesUndo()) return { outcome: "refused", message: "not now" };
    const thousandths = BigInt(Math.floor(this.run.random.between(RESALE.least, RESALE.most)));
    const received = (this.price * thousandths) / 1_000n;
    this.sales.push(received);
    this.sold = { outcome: "succeeded", id: `sold-${this.sales.length}`, received };
    return this.keep(key, this.sold);
  }
}
