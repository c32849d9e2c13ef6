// What must hold of every world once nothing is left to happen, as sentences about what does not.

import { journalId } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { STEPS_OF, type Step } from "../../functions/lib/domain/saga-definition.ts";
import { executionOf } from "../../functions/lib/domain/saga-executions.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import { kindOf } from "../../functions/lib/errors/registry.ts";
import type { FindingKind } from "../../functions/lib/ports/finding-store.ts";
import { trailOf } from "../../functions/verify-integrity/trail.ts";
import type { Kept } from "../support/memory/memory-finding-store.ts";
import { type Excuses, excusesOf } from "./excuses.ts";
import type { Order } from "./order.ts";
import type { World } from "./world.ts";
import { wrongBalances } from "./wrong-balances.ts";

export function violationsOf(world: World): string[] {
  return [
    ...world.orders.flatMap((order) => wrongOrder(world, order)),
    ...wrongBalances(world),
    ...world.forbidden,
    ...(world.store.ids().length > world.orders.length ? ["one key made two payments"] : []),
  ];
}

function wrongOrder(world: World, order: Order): string[] {
  const payment = order.payment();
  if (!payment) return ["a key made no payment"];
  const excuses = excusesOf(world, order, payment);
  const findings = world.findings.all().filter(({ payment_id }) => payment_id === payment.payment_id);
  const isFound = findings.some(({ kind, closed_at }) => kind === DISAGREES && closed_at === undefined);
  // What the provider told beside the truth may have decided the end: then somebody is told.
  const excused = excuses.mayDecide && isFound;
  // What it did wrong waits beside the payment for a person.
  const isWaiting = excuses.wasWrong && !isTerminal(payment.status);
  return [
    ...(order.answers.size === 1 ? [] : [`one key was answered in ${order.answers.size} ways`]),
    ...(excused ? [] : world.books.doneTwice(payment)),
    ...(excused || isWaiting ? [] : wrongBooks(world, payment)),
    ...(excused ? [] : wrongLedger(world, payment)),
    ...(excuses.lied ? [] : wrongExecutions(world, payment)),
    ...wrongStatus(order, payment),
    ...wrongTrail(world, payment),
    ...wrongEnd(world, payment, excuses),
    ...wrongFindings(findings, payment, excuses),
    ...wrongClosure(world, payment),
  ];
}

/** Clocks of two hosts may be so far apart. */
const SKEW_MS = 1_000;

/** Integrity never closes over a contradiction that nobody has decided. */
function wrongClosure({ store, disputedAt }: World, { payment_id, verified_at }: PaymentRecord): string[] {
  const since = disputedAt.get(payment_id);
  const isOver = since !== undefined && verified_at !== undefined && store.isDisputed(payment_id);
  return isOver && Date.parse(verified_at) > since + SKEW_MS ? ["verified over a contradiction"] : [];
}

const DISAGREES: FindingKind = "provider-disagrees";
const NEVER: readonly FindingKind[] = ["trail-incomplete", "value-stranded"];

/** What integrity found, unless the provider gave it a reason; and what it closed beside it. */
function wrongFindings(findings: Kept[], payment: PaymentRecord, { wasWrong }: Excuses): string[] {
  const { verified_at } = payment;
  const open = findings.filter(({ closed_at }) => closed_at === undefined);
  const wrong = findings.filter(({ kind }) => NEVER.includes(kind) || (kind === DISAGREES && !wasWrong));
  return [
    ...wrong.flatMap(({ details }) => details.map((detail) => `integrity found: ${detail}`)),
    ...open
      .filter(({ kind }) => verified_at !== undefined && kind !== DISAGREES)
      .map(({ kind }) => `verified, and the finding ${kind} is open`),
  ];
}

/** What we say, compared with the provider's books. */
function wrongBooks({ books, store }: World, payment: PaymentRecord): string[] {
  return [...books.wrongBooks(payment, store.quotes.get(payment.quote_id ?? "")), ...wrongReason(payment)];
}

/** What we say, compared with what the merchant saw. */
function wrongStatus({ cancelTaken }: Order, payment: PaymentRecord): string[] {
  const { status, failure, cancel_requested_at } = payment;
  const isCancelled = cancel_requested_at !== undefined;
  const lost = cancelTaken && !isCancelled ? ["its cancel was taken, and does not stand"] : [];
  if (status === "CANCELED") return isCancelled ? [] : ["CANCELED, and nobody cancelled it"];
  if (status !== "COMPLETED") return lost;
  return [
    ...lost,
    ...(isCancelled ? ["COMPLETED after its cancel was taken"] : []),
    ...(failure ? [`COMPLETED with the failure ${failure.code}`] : []),
  ];
}

/**
 * No step after the one that gave up asked a provider, nor did that one where it says that it could
 * not.
 */
function wrongReason({ failure, marks, rail }: PaymentRecord): string[] {
  const isGivenUp = failure?.code === "ProviderUnavailable" || failure?.code === "OutcomeUnknown";
  if (!failure || !isGivenUp) return [];
  const steps: readonly Step[] = STEPS_OF[rail];
  const at = steps.indexOf(failure.step as Step);
  const beyond = steps.slice(failure.code === "ProviderUnavailable" ? at : at + 1);
  return beyond
    .filter((step) => marks.asked[step] !== undefined)
    .map((step) => `${failure.code} of ${failure.step}, and ${step} asked`);
}

const journalsOf = ({ store }: World, { payment_id }: PaymentRecord) =>
  [...store.journals.values()].filter(({ journal_id }) => journal_id.startsWith(payment_id));

function wrongLedger(world: World, payment: PaymentRecord): string[] {
  const { store, books } = world;
  const { payment_id, status, quote_id = "" } = payment;
  if (!isTerminal(status)) return [];
  const wrong = store.holders().includes(payment_id) ? [`${status}, and listed as in transit`] : [];
  return [...wrong, ...books.wrongLedger(payment, journalsOf(world, payment), store.quotes.get(quote_id))];
}

function wrongTrail(world: World, payment: PaymentRecord): string[] {
  const { payment_id } = payment;
  const { wrong, journals } = trailOf(world.store.trail(payment_id), payment);
  const promised = journals.map((step) => journalId(payment_id, step)).sort();
  const written = journalsOf(world, payment)
    .map(({ journal_id }) => journal_id)
    .sort();
  if (promised.join() !== written.join()) wrong.push(`journals ${written}, promised by events ${promised}`);
  return wrong;
}

/**
 * What the payment reached stands, whatever became of an execution's last try to hear of it; a
 * defect is never that.
 */
const wrongExecutions = ({ engine }: World, { payment_id }: PaymentRecord): string[] =>
  [...engine.executions.values()]
    .filter(({ name }) => name.startsWith(payment_id))
    .filter(({ status, error = "" }) => status === "RUNNING" || isDefect(error))
    .map(({ name, status, state, error }) => `${engine.shortName(name)} is ${status} at ${state}: ${error}`);

/**
 * Everything ends, or is parked with a reason: where the provider never lets an undo or a Resolve
 * through, or was wrong in a way that a person could not put right.
 */
function wrongEnd(world: World, payment: PaymentRecord, { wasWrong }: Excuses): string[] {
  const { engine, books, scenario, findings } = world;
  const { payment_id, status, notified_at } = payment;
  if (status === "COMPLETED" && !notified_at) return ["COMPLETED and never announced"];
  if (isTerminal(status)) return world.store.isClosed(payment_id) ? [] : [`${status}, and open for ever`];
  const last = engine.executions.get(executionOf(payment));
  const parked = status === "IN_REVIEW" && findings.isOpen(payment_id, "saga-failed");
  const isBlocked = books.blocks(payment) && scenario.parksAt.includes(last?.state ?? "");
  if (parked && (isBlocked || wasWrong)) return [];
  return [`${status} for ever: its saga ${last?.status} at ${last?.state}: ${last?.error}`];
}

const isDefect = (error: string): boolean => kindOf(error) === "defect";
