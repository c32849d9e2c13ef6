// What a payment's audit trail must look like: no gap in the sequence, an event for every state
// that the payment shows, and no gap among its changes. A change says nothing of the saga.
import { eventViolations } from "../lib/contracts/event-contract.ts";
import { isSagaEvent, type PaymentEvent, type SagaEvent } from "../lib/contracts/event-types.ts";
import type { Rail } from "../lib/contracts/types.ts";
import type { EventType } from "../lib/domain/events.ts";
import { isBegun, isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import type { Saga } from "../lib/domain/saga.ts";
import {
  type PostingFunction,
  SAGA_OF,
  STEPS_OF,
  type Step,
  showsResult,
} from "../lib/domain/saga-definition.ts";
import { attemptsOf } from "../lib/domain/saga-executions.ts";
import { InvariantBroken, kindOf } from "../lib/errors/registry.ts";

/** A thing that a payment may show of a step, and the event that must have reported it. */
type Due = { event: EventType } & ({ result: keyof PaymentRecord } | { undone: Step });
type Promised = { step: PostingFunction; mayBeEmpty: boolean };
/**
 * What a saga demands of a trail: an event for each thing that shows, and a journal for each event
 * of a step that posts.
 */
export type TrailRules = { opening: EventType; second: Step; due: Due[]; journals: Record<string, Promised> };

/**
 * The undo of a provider's operation posts a journal only if the operation had happened. Otherwise
 * nothing was moved, and its event names no journal.
 */
export function trailRules({ steps }: Saga): TrailRules {
  const [opening, second] = steps;
  if (!opening || !second) throw new InvariantBroken("a saga of fewer than two steps");
  return {
    opening: opening.event,
    second: second.step as Step,
    due: [
      ...steps.flatMap(({ result, event }) =>
        result === undefined ? [] : [{ event, result: result as keyof PaymentRecord }],
      ),
      ...[...steps]
        .reverse()
        .flatMap(({ step, undone }) => (undone ? [{ event: undone, undone: step as Step }] : [])),
    ],
    journals: Object.fromEntries(
      steps.flatMap(({ step, event, undo, undone, journals, provider }): [string, Promised][] => {
        if (!journals) return [];
        const own: [string, Promised] = [event, { step: step as PostingFunction, mayBeEmpty: false }];
        return undo && undone
          ? [own, [undone, { step: undo as PostingFunction, mayBeEmpty: provider !== undefined }]]
          : [own];
      }),
    ),
  };
}

const RULES: Record<Rail, TrailRules> = {
  card: trailRules(SAGA_OF.card),
  stablecoin: trailRules(SAGA_OF.stablecoin),
};

/**
 * True when the payment was validated. A later attempt owns its payment before it validates it, so
 * an owner alone is no sign of it.
 */
const isValidated = (payment: PaymentRecord, { second }: TrailRules): boolean =>
  payment.status === "COMPLETED" || isBegun(payment, second) || payment.step === STEPS_OF[payment.rail][0];

function dueEvents(payment: PaymentRecord): EventType[] {
  const rules = RULES[payment.rail];
  const shows = (due: Due): boolean =>
    "result" in due ? payment[due.result] !== undefined : payment.marks.undone[due.undone] !== undefined;
  return [
    "payment.accepted",
    ...(isValidated(payment, rules) ? [rules.opening] : []),
    ...rules.due.filter(shows).map(({ event }) => event),
    ...(payment.status === "FAILED" ? (["payment.failed"] as const) : []),
    ...(payment.status === "CANCELED" ? (["payment.canceled"] as const) : []),
  ];
}

/** A saga may give up, go on and be replaced more than once. */
const REPEATABLE: readonly EventType[] = ["payment.parked", "payment.resumed", "payment.attempted"];

const promisedBy = (event: SagaEvent, rail: Rail): PostingFunction[] => {
  const promised = RULES[rail].journals[event.type];
  const isEmpty = promised?.mayBeEmpty && !("journal_id" in event.data);
  return promised === undefined || isEmpty ? [] : [promised.step];
};

/** A step is done or refused: both would be paid for and given back. */
const refusedAndDone = (payment: PaymentRecord): string[] => {
  const { failure } = payment;
  const steps: readonly Step[] = STEPS_OF[payment.rail];
  return failure !== undefined && kindOf(failure.code) === "refused"
    ? steps
        .filter((step) => step === failure.step && showsResult(step) && isDone(payment, step))
        .map((step) => `${step} is both refused and done`)
    : [];
};

/** Numbers are gap-free from 1, and every event keeps its schema. */
const wrongIn = (numbered: { what: string; number: number; event: PaymentEvent }[]): string[] =>
  numbered.flatMap(({ what, number, event }, index) => [
    ...(number === index + 1 ? [] : [`${what} ${index + 1} is missing, ${number} stands in its place`]),
    ...(eventViolations(event).length > 0 ? [`${what} ${number} breaks its schema`] : []),
  ]);

/** What is wrong with the trail, in sentences, and the steps whose journals must exist. */
export function trailOf(
  all: PaymentEvent[],
  payment: PaymentRecord,
): { wrong: string[]; journals: PostingFunction[] } {
  const events = all.filter(isSagaEvent);
  const changes = all.flatMap((event) => (isSagaEvent(event) ? [] : [event]));
  const wrong = [
    ...refusedAndDone(payment),
    ...wrongIn(events.map((event) => ({ what: "event", number: event.sequence, event }))),
    ...wrongIn(changes.map((event) => ({ what: "change", number: event.change, event }))),
  ];
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
