// An event keeps the schema of its type and version. It is asserted when it is written, and checked
// when it is consumed.
import { ContractViolated, type FieldError } from "../errors/registry.ts";
import { violations } from "./contract.ts";
import { detailType, type PaymentEvent } from "./event-types.ts";

/** `payment.authorized.v1` → `PaymentAuthorizedV1`, the title of the event's schema. */
export const eventTitle = (type: string): string =>
  type.replace(/(^|[._])([a-z])/g, (_, _separator, letter: string) => letter.toUpperCase());

/** Everything that is wrong with an event from outside. An unknown type is one such error. */
export function eventViolations(event: { type: string; version: number }): FieldError[] {
  try {
    return violations(eventTitle(detailType(event)), event);
  } catch (error) {
    if (error instanceof ContractViolated) return [{ pointer: "/type", detail: error.message }];
    throw error;
  }
}

/** Asserts that an event that we are about to write keeps its schema. */
export function assertEvent(event: PaymentEvent): void {
  const found = eventViolations(event);
  if (found.length === 0) return;
  const text = found.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ");
  throw new ContractViolated(`${detailType(event)}: ${text}`);
}
