// What a payment's audit trail must look like: no gap in its sequence, and every state that it shows told by an event.
import { eventViolations } from "../lib/contracts/event-contract.ts";
import { attemptsOf } from "../lib/domain/attempts.ts";
import type { EventType, PaymentEvent } from "../lib/domain/events.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";

/** A later attempt owns its payment before it validates it, so an owner alone promises nothing of one that failed early. */
const isValidated = ({ status, marks, step }: PaymentRecord): boolean =>
  status === "COMPLETED" || marks.intent["authorize-payment"] !== undefined || step === "validate-payment";

/** The event that must have told it, for each thing that a payment may show. */
function dueEvents(payment: PaymentRecord): EventType[] {
  const due: [boolean, EventType][] = [
    [true, "payment.accepted"],
    [isValidated(payment), "payment.validated"],
    [payment.authorization_id !== undefined, "payment.authorized"],
    [payment.fee !== undefined, "payment.posted"],
    [payment.capture_id !== undefined, "payment.completed"],
    [payment.notified_at !== undefined, "payment.notified"],
    [payment.marks.undone["post-ledger"] !== undefined, "payment.reversed"],
    [payment.marks.undone["authorize-payment"] !== undefined, "payment.voided"],
    [payment.status === "FAILED", "payment.failed"],
    [payment.status === "CANCELED", "payment.canceled"],
  ];
  return due.filter(([is]) => is).map(([, type]) => type);
}

/** A saga may give up, go on and be replaced more than once. */
const REPEATABLE: readonly EventType[] = ["payment.parked", "payment.resumed", "payment.attempted"];

/** The step whose journal an event promises. */
const JOURNAL_STEPS: Partial<Record<EventType, string>> = {
  "payment.posted": "post-ledger",
  "payment.completed": "capture-payment",
  "payment.reversed": "reverse-ledger",
};

/** What is wrong with the trail, in sentences, and the steps whose journals must exist. */
export function trailOf(
  events: PaymentEvent[],
  payment: PaymentRecord,
): { wrong: string[]; journals: string[] } {
  const wrong: string[] = [];
  events.forEach((event, index) => {
    if (event.sequence !== index + 1)
      wrong.push(`event ${index + 1} is missing, ${event.sequence} stands in its place`);
    if (eventViolations(event).length > 0) wrong.push(`event ${event.sequence} breaks its schema`);
  });
  if (events.length !== payment.version) wrong.push(`${events.length} events for version ${payment.version}`);
  const told = events.map((event) => event.type);
  const due = dueEvents(payment);
  for (const type of due) if (!told.includes(type)) wrong.push(`${type} was never told`);
  const attempted = told.filter((type) => type === "payment.attempted").length;
  if (attempted !== attemptsOf(payment) - 1)
    wrong.push(`${attempted} attempts were told of ${attemptsOf(payment) - 1}`);
  for (const type of told.filter((one) => !REPEATABLE.includes(one))) {
    if (!due.includes(type) && !(type === "payment.validated" && payment.owner_execution))
      wrong.push(`${type} was told and does not show`);
    if (told.indexOf(type) !== told.lastIndexOf(type)) wrong.push(`${type} was told twice`);
  }
  const journals = told.map((type) => JOURNAL_STEPS[type]).filter((step) => step !== undefined);
  return { wrong: [...new Set(wrong)], journals };
}
