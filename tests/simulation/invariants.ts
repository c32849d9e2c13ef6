// What must hold of every world once nothing is left to happen, as sentences about what does not.

import { journalId } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { STEPS_OF, type Step } from "../../functions/lib/domain/saga-definition.ts";
import { executionOf } from "../../functions/lib/domain/saga-executions.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import { kindOf } from "../../functions/lib/errors/registry.ts";
import { trailOf } from "../../functions/verify-integrity/trail.ts";
import type { Order } from "./order.ts";
import type { World } from "./world.ts";
import { wrongBalances } from "./wrong-balances.ts";

export function violationsOf(world: World): string[] {
  return [
    ...world.orders.flatMap((order) => wrongOrder(world, order)),
    ...wrongBalances(world),
    ...wrongExecutions(world),
    ...world.stale.map((write) => `a stale owner wrote: ${write}`),
    ...(world.store.ids().length > world.orders.length ? ["one key made two payments"] : []),
  ];
}

function wrongOrder(world: World, order: Order): string[] {
  const payment = order.payment();
  if (!payment) return ["a key made no payment"];
  const findings = world.findings.all().filter(({ payment_id }) => payment_id === payment.payment_id);
  return [
    ...(order.answers.size === 1 ? [] : [`one key was answered in ${order.answers.size} ways`]),
    ...wrongBooks(world, order, payment),
    ...wrongLedger(world, payment),
    ...wrongTrail(world, payment),
    ...wrongEnd(world, payment),
    ...findings
      .filter(({ kind }) => ["trail-incomplete", "provider-disagrees", "value-stranded"].includes(kind))
      .flatMap(({ details }) => details.map((detail) => `integrity found: ${detail}`)),
  ];
}

/** What we say, compared with the provider's books and with what the merchant saw. */
function wrongBooks({ books, store }: World, { cancelTaken }: Order, payment: PaymentRecord): string[] {
  const { status, failure } = payment;
  const wrong = books.wrongBooks(payment, store.quotes.get(payment.quote_id ?? ""));
  if (status === "COMPLETED" && cancelTaken) wrong.push("COMPLETED after its cancel was taken");
  if (status === "COMPLETED" && failure) wrong.push(`COMPLETED with the failure ${failure.code}`);
  return [...wrong, ...wrongReason(payment)];
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
const wrongExecutions = ({ engine }: World): string[] =>
  [...engine.executions.values()]
    .filter(({ status, error = "" }) => status === "RUNNING" || isDefect(error))
    .map(({ name, status, state, error }) => `${engine.shortName(name)} is ${status} at ${state}: ${error}`);

/**
 * Everything ends, or is parked with a reason where the provider never lets an undo or a Resolve
 * through.
 */
function wrongEnd(world: World, payment: PaymentRecord): string[] {
  const { engine, books, scenario } = world;
  const { payment_id, status, notified_at, verified_at } = payment;
  const findings = world.findings
    .all()
    .filter((finding) => finding.payment_id === payment_id && finding.closed_at === undefined);
  const wrong: string[] = [];
  if (status === "COMPLETED" && !notified_at) wrong.push("COMPLETED and never announced");
  if (verified_at) wrong.push(...findings.map(({ kind }) => `verified, and the finding ${kind} is open`));
  if (isTerminal(status) && !world.store.isClosed(payment_id)) wrong.push(`${status}, and open for ever`);
  if (isTerminal(status)) return wrong;
  const last = engine.executions.get(executionOf(payment));
  const parked = status === "IN_REVIEW" && findings.some(({ kind }) => kind === "saga-failed");
  if (!books.blocks(payment) || !parked || !scenario.parksAt.includes(last?.state ?? ""))
    wrong.push(`${status} for ever: its saga ${last?.status} at ${last?.state}: ${last?.error}`);
  return wrong;
}

const isDefect = (error: string): boolean => kindOf(error) === "defect";
