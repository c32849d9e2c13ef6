// Sees that payments get closed. A journal that the fold left out is folded from the table, at any
// age, by the fold's own writes: they count it once, whoever folds it meanwhile. A payment that
// ended and was not verified has its last event queued again, because the first one may be lost.
import { lastOfSaga } from "../lib/domain/events.ts";
import { journalId } from "../lib/domain/journal.ts";
import { isOverdue, postersOf } from "../lib/domain/overdue-journals.ts";
import { owesNotification } from "../lib/domain/saga-executions.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { InvariantBroken, StoreContention } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { FindingStore } from "../lib/ports/finding-store.ts";
import type { LedgerStore, Posted } from "../lib/ports/ledger-store.ts";
import type { Glance, PaymentStore } from "../lib/ports/payment-store.ts";
import type { VerificationQueue } from "../lib/ports/verification-queue.ts";
import type { Missed } from "./open-index-scan.ts";
import { isDue } from "./rarer-with-age.ts";

type Ports = {
  payments: Pick<PaymentStore, "events">;
  ledger: Pick<LedgerStore, "posted" | "fold">;
  findings: Pick<FindingStore, "open" | "settle">;
  verifications: VerificationQueue;
  clock: Clock;
  /** Called for each payment that cannot be seen to, with the reason. */
  miss?: (missed: Missed, error: unknown) => void;
};
type LeftOut = { payment: Glance; journals: Posted[] };

/** Verification takes seconds, and minutes where it looks again. */
const UNVERIFIED_MS = 300_000;
/** A journal that is outside for so long, and that the sweep cannot fold, is a finding. */
const UNFOLDABLE_MS = 300_000;
/** About what one transaction of the fold takes. */
const JOURNALS_AT_ONCE = 40;

export class Books {
  private readonly ports: Ports;
  private leftOut: LeftOut[] = [];
  private folded = 0;
  private oldest = Number.POSITIVE_INFINITY;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Looks at payments that are not closed. What it finds may be folded only by `finish`. */
  async look(payments: Glance[]): Promise<void> {
    const { clock } = this.ports;
    // Journals of a payment that goes on are most likely in: nothing waits for them.
    const due = payments.filter((payment) => isEnded(payment) || isDue(payment.updated_at, clock));
    for (const leftOut of await this.leftOutOf(due))
      await this.see(leftOut).catch((error) => this.miss(leftOut.payment, error));
  }

  private async see({ payment, journals }: LeftOut): Promise<void> {
    if (journals.length > 0) await this.note({ payment, journals });
    else if (isEnded(payment) && isUnverified(payment, this.ports.clock)) await this.verify(payment);
  }

  private miss(payment: Glance, error: unknown): void {
    const { payment_id, created_at: since } = payment;
    this.ports.miss?.({ open: { payment_id, since }, payment }, error);
  }

  /** Folds what is noted. */
  async finish(): Promise<void> {
    const noted = this.leftOut;
    this.leftOut = [];
    if (noted.length > 0) await this.fold(noted);
  }

  /** `now` is in milliseconds since the epoch. Of what this sweep saw. */
  figures(now: number): { JournalsLeftOut: number; OldestUnfoldedSeconds: number } {
    const age = Number.isFinite(this.oldest) ? (now - this.oldest) / 1000 : 0;
    return { JournalsLeftOut: this.folded, OldestUnfoldedSeconds: age };
  }

  /** Of each payment the overdue journals, read together. */
  private async leftOutOf(payments: Glance[]): Promise<LeftOut[]> {
    const { ledger, clock } = this.ports;
    const idsOf = (payment: Glance): string[] =>
      postersOf(payment).map((poster) => journalId(payment.payment_id, poster));
    const posted = await ledger.posted(payments.flatMap(idsOf));
    return payments.map((payment) => ({
      payment,
      journals: idsOf(payment)
        .flatMap((id) => posted.get(id) ?? [])
        .filter((one) => !one.folded && isOverdue(one, clock)),
    }));
  }

  private async note(leftOut: LeftOut): Promise<void> {
    for (const { posted_at } of leftOut.journals) this.oldest = Math.min(this.oldest, Date.parse(posted_at));
    this.leftOut.push(leftOut);
    if (journalsOf(this.leftOut).length >= JOURNALS_AT_ONCE) await this.finish();
  }

  /** One journal that can never be folded does not hold the others back. */
  private async fold(noted: LeftOut[]): Promise<void> {
    try {
      this.folded += await this.ports.ledger.fold(journalsOf(noted));
    } catch (error) {
      const isOneOfMany = error instanceof InvariantBroken && noted.length > 1;
      for (const one of noted) await (isOneOfMany ? this.fold([one]) : this.report(one, error));
      return;
    }
    for (const one of noted) await this.settle(one);
  }

  private async settle({ payment, journals }: LeftOut): Promise<void> {
    const { findings, clock } = this.ports;
    const now = new Date(clock.now()).toISOString();
    if (journals.some((journal) => isUnfoldable(journal, clock)))
      await findings.settle(payment.payment_id, "journal-unfolded", now);
    if (isEnded(payment)) await this.verify(payment);
  }

  private async report({ payment, journals }: LeftOut, error: unknown): Promise<void> {
    const { findings, clock } = this.ports;
    const { payment_id } = payment;
    // Contention passes, and the next sweep folds again.
    if (!(error instanceof StoreContention)) this.miss(payment, error);
    const old = journals.filter((journal) => isUnfoldable(journal, clock));
    if (old.length === 0) return;
    await findings.open({
      payment_id,
      kind: "journal-unfolded",
      details: old.map((one) => `${one.journal_id} is not in the balances since ${one.posted_at}`),
      found_at: new Date(clock.now()).toISOString(),
    });
  }

  /** Where the queue takes nothing, the next sweep asks again. */
  private async verify({ payment_id }: Glance): Promise<void> {
    const last = lastOfSaga(await this.ports.payments.events(payment_id));
    if (last) await this.ports.verifications.enqueue(last);
  }
}

const isEnded = (payment: Glance): boolean =>
  isTerminal(payment.status) && !owesNotification(payment) && payment.verified_at === undefined;

const isUnverified = ({ updated_at }: Glance, clock: Clock): boolean =>
  Date.parse(updated_at) < clock.ago(UNVERIFIED_MS) && isDue(updated_at, clock);

const isUnfoldable = ({ posted_at }: Posted, clock: Clock): boolean =>
  Date.parse(posted_at) < clock.ago(UNFOLDABLE_MS);

const journalsOf = (noted: LeftOut[]): Posted[] => noted.flatMap(({ journals }) => journals);
