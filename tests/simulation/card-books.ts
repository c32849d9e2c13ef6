// The card provider of one world: its holds and captures, and what its books say against a payment
// and the ledger.
import type { Journal } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { CARD_PROVIDER, providerKey } from "../../functions/lib/domain/saga-definition.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import type { CardProvider, ProviderRequest } from "../../functions/lib/ports/card-provider.ts";
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type { Invocation } from "./invocation.ts";
import { KeyBooks, operationOf, paymentOf, UNKNOWN } from "./key-books.ts";
import { callsOf } from "./provider-calls.ts";
import { type Books, sumOf } from "./scenario.ts";

type Sum = Pick<ProviderRequest, "amount" | "currency">;
type Capture = Sum & { id: string };
type Hold = Sum & { id: string; reference: string; voided: boolean; captures: Capture[] };

export class CardBooks extends KeyBooks implements Books {
  private readonly holds: Hold[] = [];

  providerFor(_: string, by: Invocation): CardProvider {
    const { call, questions } = callsOf(this.run, this, by, CARD_PROVIDER);
    return {
      ...questions,
      authorize: (request) => call("authorize", request.key, () => this.authorize(request)),
      capture: (request) => call("capture", request.key, () => this.capture(request)),
      void: (request) => call("void", request.key, () => this.void(request)),
    };
  }

  doneTwice({ payment_id }: PaymentRecord): string[] {
    const { length } = this.holdsOf(payment_id).flatMap((hold) => hold.captures);
    return length > 1 ? [`captured ${length} times`] : [];
  }

  /** Our word against the provider's: the very amount, and nothing is left held. */
  wrongBooks(payment: PaymentRecord): string[] {
    const { payment_id, status, amount, currency } = payment;
    const holds = this.holdsOf(payment_id);
    const captures = holds.flatMap((hold) => hold.captures);
    const held = holds.filter((hold) => !hold.voided && hold.captures.length === 0);
    const completed = status === "COMPLETED";
    const wrong: string[] = [];
    if (completed !== captures.length > 0)
      wrong.push(`${status} with ${captures.length} captures in the provider's books`);
    for (const capture of completed ? captures : [])
      if (capture.amount !== amount || capture.currency !== currency || capture.id !== payment.capture_id)
        wrong.push(`the provider captured ${told(capture)}, and the payment shows ${payment.capture_id}`);
    if (isTerminal(status) && held.length > 0)
      wrong.push(`${status} with ${held.length} holds at the provider`);
    return wrong;
  }

  wrongLedger({ payment_id, status }: PaymentRecord, journals: Journal[]): string[] {
    const receivable = (bucket: string) =>
      sumOf(journals, (one) => one.account === "house/psp_receivable" && one.bucket === bucket);
    const wrong: string[] = [];
    const pending = receivable("pending");
    if (pending !== 0n) wrong.push(`${status} with ${pending} pending`);
    const owed = -receivable("available");
    const captures = this.holdsOf(payment_id).flatMap((hold) => hold.captures);
    const captured = captures.reduce((sum, { amount }) => sum + amount, 0n);
    if (owed !== captured) wrong.push(`the ledger says ${owed} captured, and the provider ${captured}`);
    return wrong;
  }

  blocks({ payment_id }: PaymentRecord): boolean {
    return (["void", "capture"] as const).some((operation) =>
      this.isStuck(providerKey(payment_id, operation)),
    );
  }

  private holdsOf(paymentId: string): Hold[] {
    return this.holds.filter(({ reference }) => reference === paymentId);
  }

  private authorize({ key, payment_id: reference, amount, currency }: ProviderRequest): ProviderAnswer {
    const asked = { reference, amount, currency };
    return this.once(key, asked, () => {
      if (this.declines(reference, "first")) return this.refuse(key, "declined");
      const id = `auth-${this.holds.length + 1}`;
      const held = this.doing(key, asked);
      this.holds.push({ id, ...held, voided: false, captures: [] });
      return this.did(key, { id, ...held });
    });
  }

  private capture(request: CaptureRequest): ProviderAnswer {
    const { key, payment_id: reference, amount, currency, authorization_id } = request;
    const asked = { reference, amount, currency };
    return this.once(key, asked, () => {
      const hold = this.holds.find(({ id }) => id === authorization_id);
      if (!hold || hold.voided || hold.reference !== reference) return this.refuse(key, "nothing is held");
      if (this.declines(reference, "pivot")) return this.refuse(key, "declined");
      const id = `cap-${hold.captures.length + 1}-of-${hold.id}`;
      const captured = this.doing(key, asked);
      hold.captures.push({ id, ...captured });
      return this.did(key, { id, ...captured });
    });
  }

  private void(request: VoidRequest): ProviderAnswer {
    const { key, authorize_key, authorization_id, payment_id: reference, amount, currency } = request;
    const known = this.known(key);
    if (known) return known;
    if (authorization_id) return this.release(request, authorization_id);
    const target = this.cameTo(authorize_key) ?? { outcome: "absent" };
    const isHeld = this.holds.some(({ reference: whose }) => whose === reference);
    if (target.outcome === "succeeded" && isHeld) return this.release(request, target.id);
    // Nothing is held. What would be decided anew has to be forbidden as well.
    const isFinal = !this.decidesAnew(target) || this.run.plan.habits.voids_nothing;
    if (target.outcome === "succeeded" || (target.outcome === "refused" && isFinal))
      return this.did(key, { id: `void-of-${authorize_key}`, reference, amount, currency });
    if (target.outcome !== "absent" && target.outcome !== "refused") return target;
    return this.run.plan.nature.tombstones ? this.tombstone(authorize_key) : { outcome: "absent" };
  }

  /** Of a hold that is known by its id, which never expires. */
  private release({ key, payment_id: reference }: VoidRequest, holdId: string): ProviderAnswer {
    const hold = this.holds.find(({ id }) => id === holdId);
    if (!hold) return UNKNOWN;
    if (hold.captures.length > 0) return { outcome: "refused", message: "already captured", captured: true };
    if (this.refusesUndo(reference)) return { outcome: "refused", message: "not now" };
    hold.voided = true;
    const { amount, currency } = hold;
    return this.did(key, { id: `void-of-${holdId}`, reference, amount, currency });
  }

  /** People put right what was done under the key: it is as if nothing had been. */
  putRight(key: string): void {
    for (const hold of this.holdsOf(paymentOf(key)))
      if (operationOf(key) === "capture") hold.captures = [];
      else hold.voided = true;
    this.undo(key);
  }
}

type CaptureRequest = Parameters<CardProvider["capture"]>[0];
type VoidRequest = Parameters<CardProvider["void"]>[0];

const told = ({ id, amount, currency }: Capture): string => `${amount} ${currency} under ${id}`;
