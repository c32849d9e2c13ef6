// The judgement of domain/payment.ts as DynamoDB conditions, so that it holds at the moment of the write.
import { type Guard, type Judging, RESULT_OF } from "../../domain/payment.ts";
import { markAttribute } from "../../domain/steps.ts";

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

/** That the step has neither an intent nor a result. */
function unbegun(step: Judging, expression: Expression): string[] {
  const lacks = (attribute: string): string => `attribute_not_exists(${expression.name(attribute)})`;
  switch (step) {
    case "validate-payment": {
      const pending = `${expression.name("status")} = ${expression.value("guard_status", "PENDING")}`;
      return [`(${lacks("owner_execution")} OR ${pending})`];
    }
    case "authorize-conversion":
      return [lacks(RESULT_OF[step])];
    case "on-ramp":
      return [lacks(markAttribute("intent", step)), lacks(RESULT_OF[step])];
  }
}

/** What must hold of the PAYMENT item for the guard to allow a write. */
export function guardCondition(guard: Guard, expression: Expression): string {
  const owner = expression.name("owner_execution");
  const owned = `${owner} = ${expression.value("guard_execution", guard.execution)}`;
  const conditions = [guard.acceptsUnclaimed ? `(attribute_not_exists(${owner}) OR ${owned})` : owned];
  if (guard.step) {
    conditions.push(`attribute_not_exists(${expression.name(markAttribute("tombstone", guard.step))})`);
  }
  if (guard.judges) conditions.push(...unbegun(guard.judges, expression));
  if (guard.judges || guard.begins) {
    conditions.push(`attribute_not_exists(${expression.name("failure")})`);
  }
  if (guard.stands) {
    conditions.push(`attribute_not_exists(${expression.name(markAttribute("undone", guard.stands))})`);
  }
  if (guard.begins) conditions.push(`attribute_not_exists(${expression.name(RESULT_OF[guard.begins])})`);
  if (guard.heedsCancel) conditions.push(`attribute_not_exists(${expression.name("cancel_requested_at")})`);
  return [`attribute_exists(${expression.name("pk")})`, ...conditions].join(" AND ");
}
