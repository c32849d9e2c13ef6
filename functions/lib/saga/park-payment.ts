// Parks the payment of an execution that gave up, or that ended and left the payment open. The
// status becomes IN_REVIEW, the event keeps the state and the error, and a finding is opened. The
// message is only a hint to look: the table and Step Functions decide.
import type { PaymentEvent } from "../contracts/event-types.ts";
import type { PaymentParkedV1 } from "../contracts/types.ts";
import { withoutCardNumbers } from "../domain/card-data.ts";
import { lastOfSaga } from "../domain/events.ts";
import { isDone, type PaymentRecord } from "../domain/payment.ts";
import { wordsForPeople } from "../domain/reconciliation.ts";
import { executionOf, hasFailed, owesNotification, type SagaExecution } from "../domain/saga-executions.ts";
import { isTerminal } from "../domain/status.ts";
import { hasLeftTransit, PURCHASE_STEP } from "../domain/value-in-transit.ts";
import { StoreContention } from "../errors/registry.ts";
import type { Clock } from "../ports/clock.ts";
import type { FindingKind, FindingStore } from "../ports/finding-store.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { PolicySource } from "../ports/policy-source.ts";
import type { SagaExecutions } from "../ports/saga-executions.ts";

export type ParkPorts = {
  payments: PaymentStore;
  executions: SagaExecutions;
  findings: Pick<FindingStore, "open">;
  policies: PolicySource;
  clock: Clock;
};
/**
 * `unstarted`: there is no such execution. `stale`: another execution counts. `ended`: the saga has
 * nothing left to do.
 */
export type Parked = "parked" | "notification-failed" | "running" | "unstarted" | "stale" | "ended";

/** Where and why an execution gave up, as the payment's event keeps it. */
export type ParkedAt = PaymentParkedV1["data"];

/** Characters of an error's cause in a finding. The whole cause is in the execution's history. */
const MOST_CAUSE = 300;
const MOST_ERROR = 256;
/**
 * A saga's last write and its success are moments apart. They are further apart only in a table
 * that was restored to an earlier second.
 */
const UNFINISHED_AFTER_MS = 300_000;

/**
 * Throws StoreContention when the payment changed between read and write: the caller reads again.
 */
export const parkPayment =
  (ports: ParkPorts) =>
  async (payment: PaymentRecord, name: string): Promise<Parked> => {
    if (executionOf(payment) !== name) return "stale";
    if (isTerminal(payment.status) && !owesNotification(payment)) return "ended";
    const found_at = new Date(ports.clock.now()).toISOString();
    const execution = await ports.executions.describe(payment.rail, name);
    if (!execution) return "unstarted";
    return needsPerson(execution, payment, ports.clock)
      ? give(ports, payment, execution, found_at)
      : "running";
  };

/**
 * True when the execution failed, or has ended and the payment does not show it: nobody will write
 * the payment any more.
 */
function needsPerson(execution: SagaExecution, payment: PaymentRecord, clock: Clock): boolean {
  const isSilent = Date.parse(payment.updated_at) < clock.ago(UNFINISHED_AFTER_MS);
  return hasFailed(execution) || (execution.status === "SUCCEEDED" && isSilent);
}

async function give(
  ports: ParkPorts,
  payment: PaymentRecord,
  execution: SagaExecution,
  found_at: string,
): Promise<Parked> {
  const { payments, executions } = ports;
  const { name } = execution;
  const state = (await executions.lastState(payment.rail, name)) ?? "unknown";
  const at: ParkedAt = { execution: name, state, error: errorOf(execution) };
  const cause = withoutCardNumbers(execution.cause ?? "").slice(0, MOST_CAUSE) || undefined;
  if (owesNotification(payment)) {
    await assertUnchanged(ports, payment);
    await open(ports, payment, { kind: kindOf(at, "notification-failed"), at, cause, found_at });
    return "notification-failed";
  }
  // Of a payment that was parked before, what its event keeps counts, whatever became of the
  // execution since.
  const parked =
    payment.status === "IN_REVIEW"
      ? parkedIn(await payments.events(payment.payment_id), name)
      : { data: at, occurred_at: (await park(payments, payment, at)).updated_at };
  if (parked) await reportParked(ports, payment, parked, cause);
  return "parked";
}

type ParkedEvent = Pick<PaymentParkedV1, "data" | "occurred_at">;

/**
 * Opens the finding of a parked payment by what its event keeps, so that whoever comes again opens
 * the same one. Whoever parked it may have died before.
 */
export const reportParked = (
  ports: Pick<ParkPorts, "findings" | "policies">,
  payment: PaymentRecord,
  { data, occurred_at }: ParkedEvent,
  cause?: string,
): Promise<void> =>
  open(ports, payment, { kind: kindOf(data, "saga-failed"), at: data, cause, found_at: occurred_at });

/** The event by which the execution's payment is parked now; undefined when it is not. */
export function parkedIn(events: PaymentEvent[], execution: string): ParkedEvent | undefined {
  const last = lastOfSaga(events);
  return last?.type === "payment.parked" && last.data.execution === execution ? last : undefined;
}

type Found = { kind: FindingKind; at: ParkedAt; cause?: string | undefined; found_at: string };

function open(
  { findings, policies }: Pick<ParkPorts, "findings" | "policies">,
  payment: PaymentRecord,
  { kind, at, cause, found_at }: Found,
): Promise<void> {
  const details = [storyOf(at), ...valueHeld(policies, payment), ...wordsForPeople(payment)];
  const { payment_id } = payment;
  return findings.open({ payment_id, kind, details, ...(cause ? { cause } : {}), found_at });
}

/**
 * Asserts that a finding without a write of the payment still describes the payment as it is now.
 */
async function assertUnchanged(
  { payments }: ParkPorts,
  { payment_id, version }: PaymentRecord,
): Promise<void> {
  const now = await payments.load(payment_id);
  if (now?.version !== version) throw new StoreContention("the payment changed while it was judged");
}

const errorOf = ({ error, status }: SagaExecution): string =>
  withoutCardNumbers(error ?? status).slice(0, MOST_ERROR);

/**
 * Parks the payment exactly as it was read. The event keeps why the saga gave up; the payment's own
 * failure stays as it is.
 */
export const park = (payments: PaymentStore, payment: PaymentRecord, at: ParkedAt) =>
  payments.commit(payment, {
    guard: { execution: at.execution, acceptsUnclaimed: true, evenDisputed: true },
    status: "IN_REVIEW",
    changes: {},
    event: { type: "payment.parked", data: at },
    journals: [],
    achieves: { onlyIfUnchanged: true },
  });

/** An execution that did its job has no error of its own: its status stands in the event. */
const isLeftOpen = ({ error }: ParkedAt): boolean => error === "SUCCEEDED";

const kindOf = (at: ParkedAt, otherwise: FindingKind): FindingKind =>
  isLeftOpen(at) ? "saga-unfinished" : otherwise;

const storyOf = (at: ParkedAt): string =>
  isLeftOpen(at)
    ? `execution ${at.execution} SUCCEEDED and left the payment open`
    : `execution ${at.execution} gave up at ${at.state} with ${at.error}`;

/**
 * Value that may have been bought and is not paid out is a risk. The policy names whom to notify.
 */
function valueHeld({ deployment }: PolicySource, payment: PaymentRecord): string[] {
  if (payment.marks.asked[PURCHASE_STEP] === undefined || hasLeftTransit(payment)) return [];
  const held = isDone(payment, PURCHASE_STEP) ? "is" : "may be";
  return [`value ${held} held in transit: tell ${deployment.off_ramp_outage.tell}`];
}
