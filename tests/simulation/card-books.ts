// The card provider of one run: its holds and captures, and what its books say against the payment
// and the ledger.
import type { Journal } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { CARD_PROVIDER, providerKey } from "../../functions/lib/domain/saga-definition.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import type { CardProvider } from "../../functions/lib/ports/card-provider.ts";
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type { Invocation } from "./invocation.ts";
import { KeyBooks, UNKNOWN } from "./key-books.ts";
import { callsOf } from "./provider-calls.ts";
import { type Books, sumOf } from "./scenario.ts";

type Hold = { id: string; voided: boolean; captures: number };

export class CardBooks extends KeyBooks implements Books {
  private readonly holds: Hold[] = [];

  providerFor(_: string, by: Invocation): CardProvider {
    const { call, questions } = callsOf(this.run, this, by, CARD_PROVIDER);
    return {
      ...questions,
      authorize: ({ key }) => call("authorize", key, () => this.authorize(key)),
      capture: ({ key, authorization_id }) => call("capture", key, () => this.capture(key, authorization_id)),
      void: ({ key, authorize_key, authorization_id }) =>
        call("void", key, () =>
          authorization_id ? this.release(key, authorization_id) : this.void(key, authorize_key),
        ),
    };
  }

  /** Our word against the provider's. */
  wrongBooks({ status }: PaymentRecord): string[] {
    const wrong: string[] = [];
    if (this.captures > 1) wrong.push(`captured ${this.captures} times`);
    if ((status === "COMPLETED") !== this.captures > 0)
      wrong.push(`${status} with ${this.captures} captures in the provider's books`);
    if (isTerminal(status) && this.held > 0) wrong.push(`${status} with ${this.held} holds at the provider`);
    return wrong;
  }

  wrongLedger({ status, amount }: PaymentRecord, journals: Journal[]): string[] {
    const receivable = (bucket: string) =>
      sumOf(journals, (one) => one.account === "house/psp_receivable" && one.bucket === bucket);
    const wrong: string[] = [];
    const pending = receivable("pending");
    if (pending !== 0n) wrong.push(`${status} with ${pending} pending`);
    const owed = -receivable("available");
    if (owed !== amount * BigInt(this.captures)) wrong.push(`the ledger says ${owed} captured`);
    return wrong;
  }

  blocks({ payment_id }: PaymentRecord): boolean {
    return (["void", "capture"] as const).some((operation) =>
      this.isStuck(providerKey(payment_id, operation)),
    );
  }

  private get captures(): number {
    return this.holds.reduce((sum, hold) => sum + hold.captures, 0);
  }

  private get held(): number {
    return this.holds.filter((hold) => !hold.voided && hold.captures === 0).length;
  }

  private authorize(key: string): ProviderAnswer {
    return this.once(key, () => {
      if (this.run.plan.refuses.first) return { outcome: "refused", message: "declined" };
      const id = `auth-${this.holds.length + 1}`;
      this.holds.push({ id, voided: false, captures: 0 });
      return { outcome: "succeeded", id };
    });
  }

  private capture(key: string, authorizationId: string): ProviderAnswer {
    return this.once(key, () => {
      const hold = this.holds.find(({ id }) => id === authorizationId);
      if (!hold || hold.voided) return { outcome: "refused", message: "nothing is held" };
      if (this.run.plan.refuses.pivot) return { outcome: "refused", message: "declined" };
      hold.captures += 1;
      return { outcome: "succeeded", id: `cap-${hold.captures}-of-${hold.id}` };
    });
  }

  private void(key: string, authorizeKey: string): ProviderAnswer {
    const known = this.known(key);
    if (known) return known;
    const target = this.find(authorizeKey);
    if (target.outcome === "absent")
      return this.run.plan.nature.tombstones ? this.tombstone(authorizeKey) : target;
    if (target.outcome === "pending" || target.outcome === "tombstoned") return target;
    if (target.outcome === "succeeded") return this.release(key, target.id);
    return this.keep(key, { outcome: "succeeded", id: `void-of-${authorizeKey}` });
  }

  /** Of a hold that is known by its id, which never expires. */
  private release(key: string, holdId: string): ProviderAnswer {
    const known = this.known(key);
    if (known) return known;
    const hold = this.holds.find(({ id }) => id === holdId);
    if (!hold) return UNKNOWN;
    if (hold.captures > 0) return { outcome: "refused", message: "already captured", captured: true };
    if (this.refusesUndo()) return { outcome: "refused", message: "not now" };
    hold.voided = true;
    return this.keep(key, { outcome: "succeeded", id: `void-of-${holdId}` });
  }
}
