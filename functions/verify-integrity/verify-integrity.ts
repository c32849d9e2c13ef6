// Verifies the audit trail of every payment that ended, and closes it once its journals are in the
// balances. An event is only the hint to look. What counts are the tables, read when nothing more
// is to come.

import { eventViolations } from "../lib/contracts/event-contract.ts";
import type { PaymentEvent } from "../lib/contracts/event-types.ts";
import { journalId, sumsOf } from "../lib/domain/journal.ts";
import { isOverdue } from "../lib/domain/overdue-journals.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { disagreementsOf, strandedValueOf } from "../lib/domain/reconciliation.ts";
import type { Saga } from "../lib/domain/saga.ts";
import { type PostingFunction, SAGAS } from "../lib/domain/saga-definition.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { ContractViolated, NotFound, OutcomePending } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Finding, FindingStore } from "../lib/ports/finding-store.ts";
import type { LedgerStore, Posted } from "../lib/ports/ledger-store.ts";
import type { PaymentStore, Recounted } from "../lib/ports/payment-store.ts";
import type { VerificationQueue } from "../lib/ports/verification-queue.ts";
import { trailOf } from "./trail.ts";

type Ports = {
  payments: PaymentStore;
  ledger: LedgerStore;
  findings: Pick<FindingStore, "open" | "close">;
  verifications: VerificationQueue;
  clock: Clock;
};
/**
 * `awaiting the fold`: the event comes again. `left to the sweep`: a journal is overdue, the sweep
 * folds it and asks again.
 */
export type Verdict = "open" | "closed" | "finding" | "awaiting the fold" | "left to the sweep";

/**
 * So many receives of a message before an incomplete trail is a finding: it may be a moment behind.
 */
const LOOKS = 3;
/** A fold that a first look was ahead of is done by then. */
const FOLD_PAUSE_SECONDS = 10;
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
    const read = await ports.payments.loadWithEvents(event.payment_id);
    if (!read) throw new NotFound("an event tells of a payment that does not exist");
    const { payment } = read;
    if (payment.verified_at) return "closed";
    const truth = await truthOf(ports, read);
    const found = judge(payment, truth);
    if (found?.kind === "trail-incomplete" && looks < LOOKS)
      throw new OutcomePending(`the trail is not complete yet: ${found.details.join("; ")}`);
    if (found) await ports.findings.open({ payment_id: payment.payment_id, ...found, found_at: at });
    if (truth.unfolded.length > 0) return awaitFold(ports, event, truth.unfolded);
    return close(ports, payment.payment_id, at, found !== undefined);
  };

async function close(
  { payments, findings }: Ports,
  paymentId: string,
  at: string,
  isFound: boolean,
): Promise<Verdict> {
  if (isFound) {
    // The finding is open now, for a person. The payment leaves the open index, or its age would
    // hide the next payment that is late.
    await payments.close(paymentId);
    return "finding";
  }
  // The findings first: a payment that is closed is not looked at again.
  await findings.close(paymentId, at);
  await payments.close(paymentId, at);
  return "closed";
}

type Truth = { wrong: string[]; journals: Posted[]; unfolded: Posted[] };

/**
 * The payment stays open until the fold has its journals. Waiting is a new message, so that it uses
 * up none of the looks at a trail that is incomplete, and nothing ends as a dead letter.
 */
async function awaitFold(
  { verifications, clock }: Ports,
  event: PaymentEvent,
  unfolded: Posted[],
): Promise<Verdict> {
  if (unfolded.some((journal) => isOverdue(journal, clock))) return "left to the sweep";
  if (await verifications.enqueue(event, FOLD_PAUSE_SECONDS)) return "awaiting the fold";
  throw new OutcomePending("the fold is awaited, and the queue took no message");
}

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
async function truthOf({ ledger }: Ports, { payment, events }: Recounted): Promise<Truth> {
  const trail = trailOf(events, payment);
  const wrong = [...trail.wrong];
  const idOf = (step: PostingFunction): string => journalId(payment.payment_id, step);
  const posted = await ledger.posted(trail.journals.map(idOf));
  const journals: Posted[] = [];
  for (const step of trail.journals) {
    const journal = posted.get(idOf(step));
    if (journal) journals.push(journal);
    if (!journal) wrong.push(`the journal of ${step} is missing`);
    else if ([...sumsOf(journal.postings).values()].some((sum) => sum !== 0n)) {
      wrong.push(`the journal of ${step} does not sum to zero`);
    }
  }
  if (!isTerminal(payment.status))
    wrong.push(`the last event is written, and the status is ${payment.status}`);
  return { wrong, journals, unfolded: journals.filter(({ folded }) => !folded) };
}
