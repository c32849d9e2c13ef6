// The judgement of domain/guard.ts as DynamoDB conditions: it holds at the moment of the write.
import { type Beginning, guardOfIntent } from "../../domain/beginning.ts";
import { CANCELABLE } from "../../domain/cancel.ts";
import type { Guard } from "../../domain/guard.ts";
import { markAttribute } from "../../domain/payment.ts";
import type { Saga } from "../../domain/saga.ts";
import { PIVOTS, RESULT_OF, SAGAS, type Step, showsResult } from "../../domain/saga-definition.ts";
import { UNTOLD } from "./payment-item.ts";

/** Collects names and values of one expression; a name or a value is written once. */
export class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  name(attribute: string): string {
    this.names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  }

  value(label: string, value: unknown): string {
    this.values[`:${label}`] = value;
    return `:${label}`;
  }

  /** `#a = :a, …` for the attributes that have a value. */
  assignments(attributes: Record<string, unknown>): string {
    return Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([attribute, value]) => `${this.name(attribute)} = ${this.value(attribute, value)}`)
      .join(", ");
  }

  /** The same for attributes that keep the value they have. */
  firstAssignments(attributes: Record<string, unknown>): string {
    return Object.entries(attributes)
      .map(([attribute, value]) => [this.name(attribute), this.value(attribute, value)])
      .map(([name, value]) => `${name} = if_not_exists(${name}, ${value})`)
      .join(", ");
  }
}

/**
 * The attributes that show that a step has begun: its intent where it asks a provider, and its
 * result. None: the claim.
 */
export const attributesOfBegun = (all: readonly Saga[]): Record<string, string[]> =>
  Object.fromEntries(
    all
      .flatMap(({ steps }) => steps)
      .map(({ step, provider, result }) => [
        step,
        [
          ...(provider ? [markAttribute("intent", step as Step)] : []),
          ...(result === undefined ? [] : [result]),
        ],
      ]),
  );
const BEGUN = attributesOfBegun(SAGAS) as Record<Step, string[]>;

/** What must hold of the PAYMENT item while no try of the step has begun or done anything. */
function unbegun(step: Step, expression: Expression): string[] {
  const shown = showsResult(step) ? BEGUN[step] : ["owner_execution"];
  return shown.map((attribute) => `attribute_not_exists(${expression.name(attribute)})`);
}

/** A step is done or refused, and never both. */
function outcomeConditions({ refuses, does, isLastIntent }: Guard, expression: Expression): string[] {
  const conditions: string[] = [];
  if (refuses && showsResult(refuses))
    conditions.push(`attribute_not_exists(${expression.name(RESULT_OF[refuses])})`);
  if (does) {
    const refused = `${expression.name("failure")}.${expression.name("step")}`;
    conditions.push(`NOT ${refused} = ${expression.value("guard_does", does)}`);
  }
  if (isLastIntent) {
    const intent = expression.name(markAttribute("intent", isLastIntent.step));
    conditions.push(`${intent} = ${expression.value("guard_intent", isLastIntent.at)}`);
  }
  return conditions;
}

/**
 * What must hold of the PAYMENT item for the guard to allow a write. Where an unclaimed payment is
 * accepted, it holds of none as well: whoever writes requires what shows that there is one.
 */
export function guardCondition(guard: Guard, expression: Expression): string {
  const owner = expression.name("owner_execution");
  const owned = `${owner} = ${expression.value("guard_execution", guard.execution)}`;
  const conditions = [guard.acceptsUnclaimed ? `(attribute_not_exists(${owner}) OR ${owned})` : owned];
  if (guard.step) {
    conditions.push(`attribute_not_exists(${expression.name(markAttribute("tombstone", guard.step))})`);
  }
  if (guard.decides) conditions.push(...unbegun(guard.decides, expression));
  if (guard.decides || guard.firstIntentOf) {
    conditions.push(`attribute_not_exists(${expression.name("failure")})`);
  }
  if (guard.requiresNotUndone) {
    conditions.push(
      `attribute_not_exists(${expression.name(markAttribute("undone", guard.requiresNotUndone))})`,
    );
  }
  if (guard.firstIntentOf)
    conditions.push(`attribute_not_exists(${expression.name(RESULT_OF[guard.firstIntentOf])})`);
  if (guard.refusedIfCancelRequested)
    conditions.push(`attribute_not_exists(${expression.name("cancel_requested_at")})`);
  if (!guard.evenDisputed) conditions.push(`attribute_not_exists(${expression.name("disputed")})`);
  conditions.push(...outcomeConditions(guard, expression));
  return [...new Set(conditions)].join(" AND ");
}

/** What must hold of the PAYMENT item for a first intent that nobody has looked for. */
export function beginningCondition(beginning: Beginning, expression: Expression): string {
  const { step, buildsOn, acceptedSince } = beginning;
  const absent = [
    markAttribute("intent", step),
    "doubted_refusal",
    ...(buildsOn ? [markAttribute("tombstone", buildsOn)] : []),
  ];
  const present = [UNTOLD, ...(buildsOn ? [RESULT_OF[buildsOn]] : [])];
  return [
    guardCondition(guardOfIntent(beginning), expression),
    `${expression.name("status")} = ${expression.value("in_work", "PROCESSING")}`,
    ...absent.map((attribute) => `attribute_not_exists(${expression.name(attribute)})`),
    ...present.map((attribute) => `attribute_exists(${expression.name(attribute)})`),
    ...(acceptedSince
      ? [`${expression.name("created_at")} >= ${expression.value("accepted_since", acceptedSince)}`]
      : []),
  ].join(" AND ");
}

/** What must hold of the PAYMENT item for its merchant to cancel it, once. */
export function cancelCondition(merchantId: string, expression: Expression): string {
  const status = expression.name("status");
  const statuses = CANCELABLE.map((one) => `${status} = ${expression.value(one.toLowerCase(), one)}`);
  const absent = ["cancel_requested_at", ...PIVOTS.map((step) => markAttribute("intent", step))];
  return [
    `${expression.name("merchant_id")} = ${expression.value("merchant_id", merchantId)}`,
    `(${statuses.join(" OR ")})`,
    ...absent.map((attribute) => `attribute_not_exists(${expression.name(attribute)})`),
  ].join(" AND ");
}
