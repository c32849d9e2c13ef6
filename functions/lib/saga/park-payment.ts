// Parks the payment of an execution that gave up, or that ended and left the payment open. The
// status becomes IN_REVIEW, the event keeps the state and the error, and a finding is opened. The
// message is only a hint to look: the table and Step Functions decide.
import { isDone, type PaymentRecord } from "../domain/payment.ts";
import { executionOf, hasFailed, owesNotification, type SagaExecution } from "../domain/saga-executions.ts";
import { isTerminal } from "../domain/status.ts";
import { hasLeftTransit, PURCHASE_STEP } from "../domain/value-in-transit.ts";
import { StoreContention } from "../errors/registry.ts";
import type { Clock } from "../ports/clock.ts";
import type { Finding, FindingKind, FindingStore } from "../ports/finding-store.ts";
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
    const kind = findingOf(execution, payment, ports.clock);
    return kind === undefined ? "running" : give(ports, payment, execution, { kind, found_at });
  };

/** The kind of finding where a person has to look at the execution; undefined otherwise. */
function findingOf(execution: SagaExecution, payment: PaymentRecord, clock: Clock): FindingKind | undefined {
  if (hasFailed(execution)) return owesNotification(payment) ? "notification-failed" : "saga-failed";
  // The execution has ended and the payment does not show it: nobody will write the payment any
  // more.
  const isSilent = Date.parse(payment.updated_at) < clock.ago(UNFINISHED_AFTER_MS);
  return execution.status === "SUCCEEDED" && isSilent ? "saga-unfinished" : undefined;
}

async function give(
  ports: ParkPorts,
  payment: PaymentRecord,
  execution: SagaExecution,
  { kind, found_at }: Pick<Finding, "kind" | "found_at">,
): Promise<Parked> {
  const state = (await ports.executions.lastState(payment.rail, execution.name)) ?? "unknown";
  // Everything is read before the first write: a parked payment without its finding alerts nobody.
  const story = kind === "saga-unfinished" ? leftOpenStory(execution) : storyOf(execution, state);
  const details = [story, ...valueHeld(ports, payment)];
  const cause = execution.cause?.slice(0, MOST_CAUSE);
  const isOver = owesNotification(payment);
  if (isOver) await assertUnchanged(ports, payment);
  else if (payment.status !== "IN_REVIEW") await park(ports, payment, execution, state);
  const { payment_id } = payment;
  await ports.findings.open({ payment_id, kind, details, ...(cause ? { cause } : {}), found_at });
  return isOver ? "notification-failed" : "parked";
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

const errorOf = ({ error, status }: SagaExecution): string => (error ?? status).slice(0, MOST_ERROR);

/** The event keeps why the saga gave up. The payment's own failure stays as it is. */
const park = ({ payments }: ParkPorts, payment: PaymentRecord, execution: SagaExecution, state: string) =>
  payments.commit(payment, {
    guard: { execution: execution.name, acceptsUnclaimed: true },
    status: "IN_REVIEW",
    changes: {},
    event: { type: "payment.parked", data: { execution: execution.name, state, error: errorOf(execution) } },
    journals: [],
    achieves: { onlyIfUnchanged: true },
  });

const storyOf = (execution: SagaExecution, state: string): string =>
  `execution ${execution.name} ${execution.status} at ${state} with ${errorOf(execution)}`;

const leftOpenStory = ({ name }: SagaExecution): string =>
  `execution ${name} SUCCEEDED and left the payment open`;

/**
 * Value that may have been bought and is not paid out is a risk. The policy names whom to notify.
 */
function valueHeld({ policies }: ParkPorts, payment: PaymentRecord): string[] {
  if (payment.marks.asked[PURCHASE_STEP] === undefined || hasLeftTransit(payment)) return [];
  const held = isDone(payment, PURCHASE_STEP) ? "is" : "may be";
  return [`value ${held} held in transit: tell ${policies.deployment.off_ramp_outage.tell}`];
}
