// Verifies the audit trail of every payment that ended, and closes it. An event is only the hint to
// look. What counts are the tables, read when nothing more is to come.

import { eventViolations } from "../lib/contracts/event-contract.ts";
import type { PaymentEvent } from "../lib/contracts/event-types.ts";
import { type Journal, journalId, sumsOf } from "../lib/domain/journal.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { disagreementsOf, strandedValueOf } from "../lib/domain/reconciliation.ts";
import type { Saga } from "../lib/domain/saga.ts";
import { SAGAS } from "../lib/domain/saga-definition.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { ContractViolated, NotFound, OutcomePending } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Finding, FindingStore } from "../lib/ports/finding-store.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { trailOf } from "./trail.ts";

type Ports = {
  payments: PaymentStore;
  ledger: LedgerStore;
  findings: Pick<FindingStore, "open" | "close">;
  clock: Clock;
};
export type Verdict = "open" | "closed" | "finding";

/**
 * So many receives of a message before an incomplete trail is a finding: it may be a moment behind.
 */
const LOOKS = 3;
/** After one of these nothing more is due, on any rail. */
export const lastEvents = (all: readonly Saga[]): string[] => [
  ...all.flatMap(({ steps }) => steps.at(-1)?.event ?? []),
  "payment.failed",
  "payment.canceled",
];
const LAST_EVENTS = lastEvents(SAGAS);

/**
 * Takes one event from the queue. Throws ContractViolated for one that breaks its schema, and
 * OutcomePending while a trail that should be complete is not and may still become so.
 */
export const verifyIntegrity =
  (ports: Ports) =>
  async (event: PaymentEvent, looks: number): Promise<Verdict> => {
    const broken = eventViolations(event);
    if (broken.length > 0) throw new ContractViolated(`event ${event.event_id} breaks its schema`);
    if (!LAST_EVENTS.includes(event.type)) return "open";
    // Before the look: what is found while it lasts is not closed by it.
    const at = new Date(ports.clock.now()).toISOString();
    const payment = await ports.payments.load(event.payment_id);
    if (!payment) throw new NotFound("an event tells of a payment that does not exist");
    if (payment.verified_at) return "closed";
    const found = judge(payment, await truthOf(ports, payment));
    if (found?.kind === "trail-incomplete" && looks < LOOKS)
      throw new OutcomePending(`the trail is not complete yet: ${found.details.join("; ")}`);
    if (found) {
      await ports.findings.open({ payment_id: payment.payment_id, ...found, found_at: at });
      // The finding is open now, for a person. The payment leaves the open index, or its age would
      // hide the next payment that is late.
      await ports.payments.close(payment.payment_id);
      return "finding";
    }
    // The findings first: a payment that is closed is not looked at again.
    await ports.findings.close(payment.payment_id, at);
    await ports.payments.close(payment.payment_id, at);
    return "closed";
  };

type Truth = { wrong: string[]; journals: Journal[] };

/**
 * The finding about the payment; undefined when all agrees. Where value lies is reported only for a
 * complete trail.
 */
function judge(
  payment: PaymentRecord,
  { wrong, journals }: Truth,
): Pick<Finding, "kind" | "details"> | undefined {
  const disagreements = disagreementsOf(payment);
  if (disagreements.length > 0) return { kind: "provider-disagrees", details: disagreements };
  if (wrong.length > 0) return { kind: "trail-incomplete", details: wrong };
  const stranded = strandedValueOf(payment, journals);
  return stranded.length > 0 ? { kind: "value-stranded", details: stranded } : undefined;
}

/** The journals that the events promise, and a sentence for everything that does not agree. */
async function truthOf({ payments, ledger }: Ports, payment: PaymentRecord): Promise<Truth> {
  const trail = trailOf(await payments.events(payment.payment_id), payment);
  const wrong = [...trail.wrong];
  const journals: Journal[] = [];
  for (const step of trail.journals) {
    const journal = await ledger.journal(journalId(payment.payment_id, step));
    if (journal) journals.push(journal);
    if (!journal) wrong.push(`the journal of ${step} is missing`);
    else if ([...sumsOf(journal.postings).values()].some((sum) => sum !== 0n)) {
      wrong.push(`the journal of ${step} does not sum to zero`);
    }
  }
  if (!isTerminal(payment.status))
    wrong.push(`the last event is written, and the status is ${payment.status}`);
  return { wrong, journals };
}
