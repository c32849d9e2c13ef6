// What a payment's audit trail must look like: no gap in its sequence, and every state that it shows told by an event.
import { eventViolations } from "../lib/contracts/event-contract.ts";
import type { PaymentEvent } from "../lib/contracts/event-types.ts";
import type { Rail } from "../lib/contracts/types.ts";
import type { EventType } from "../lib/domain/events.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { attemptsOf } from "../lib/domain/saga-executions.ts";

/** A thing that a payment may show, and the event that must have told it. */
type Due = [boolean, EventType];

/** A later attempt owns its payment before it validates it, so an owner alone promises nothing of one that failed early. */
const isValidated = ({ status, marks, step, held_at }: PaymentRecord): boolean =>
  status === "COMPLETED" ||
  marks.intent["authorize-payment"] !== undefined ||
  held_at !== undefined ||
  step === "validate-payment";

const dueOfCard = (payment: PaymentRecord): Due[] => [
  [payment.authorization_id !== undefined, "payment.authorized"],
  [payment.fee !== undefined, "payment.posted"],
  [payment.capture_id !== undefined, "payment.completed"],
  [payment.marks.undone["post-ledger"] !== undefined, "payment.reversed"],
  [payment.marks.undone["authorize-payment"] !== undefined, "payment.voided"],
];

const dueOfConversion = (payment: PaymentRecord): Due[] => [
  [payment.held_at !== undefined, "payment.held"],
  [payment.on_ramp_tx_id !== undefined, "payment.on_ramped"],
  [payment.off_ramp_tx_id !== undefined, "payment.off_ramped"],
  [payment.fee !== undefined, "payment.completed"],
  [payment.marks.undone["on-ramp"] !== undefined, "payment.on_ramp_reversed"],
  [payment.marks.undone["authorize-conversion"] !== undefined, "payment.hold_released"],
];

function dueEvents(payment: PaymentRecord): EventType[] {
  const due: Due[] = [
    [true, "payment.accepted"],
    [isValidated(payment), "payment.validated"],
    ...(payment.rail === "card" ? dueOfCard(payment) : dueOfConversion(payment)),
    [payment.notified_at !== undefined, "payment.notified"],
    [payment.status === "FAILED", "payment.failed"],
    [payment.status === "CANCELED", "payment.canceled"],
  ];
  return due.filter(([is]) => is).map(([, type]) => type);
}

/** A saga may give up, go on and be replaced more than once. */
const REPEATABLE: readonly EventType[] = ["payment.parked", "payment.resumed", "payment.attempted"];

/** The step whose journal an event promises, per rail. A reversal promises one only where something had been bought. */
const JOURNAL_STEPS: Record<Rail, Partial<Record<EventType, string>>> = {
  card: {
    "payment.posted": "post-ledger",
    "payment.completed": "capture-payment",
    "payment.reversed": "reverse-ledger",
  },
  stablecoin: {
    "payment.held": "authorize-conversion",
    "payment.on_ramped": "on-ramp",
    "payment.off_ramped": "off-ramp",
    "payment.completed": "post-ledger",
    "payment.on_ramp_reversed": "reverse-on-ramp",
    "payment.hold_released": "release-hold",
  },
};

const promisedBy = (event: PaymentEvent, rail: Rail): string[] => {
  const step = JOURNAL_STEPS[rail][event.type];
  const isEmpty = event.type === "payment.on_ramp_reversed" && event.data.journal_id === undefined;
  return step === undefined || isEmpty ? [] : [step];
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
  const journals = events.flatMap((event) => promisedBy(event, payment.rail));
  return { wrong: [...new Set(wrong)], journals };
}
