// Strings that must not enter the system wherever they stand in a body: card numbers, and text that is no Unicode.
import type { FieldError } from "../errors/registry.ts";
import { holdsCardNumber } from "./card-number.ts";

/** Deeper than any schema reaches; without a bound, a body of nothing but brackets exhausts the stack. */
const MOST_NESTED = 16;

const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

function faultOf(text: string): string | undefined {
  if (!text.isWellFormed()) return "is not well-formed Unicode";
  if (holdsCardNumber(text)) return "looks like a card number: send a payment_method token instead";
  return undefined;
}

/** One error for each suspect string, names of members included; the value itself is never repeated. */
export function suspectStrings(value: unknown, pointer = "", depth = 0): FieldError[] {
  if (typeof value === "string") {
    const detail = faultOf(value);
    return detail ? [{ pointer, detail }] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  if (depth > MOST_NESTED) return [{ pointer, detail: "is nested too deeply" }];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (faultOf(name)) return [{ pointer, detail: `has a member whose name ${faultOf(name)}` }];
    return suspectStrings(inner, `${pointer}/${escapePointer(name)}`, depth + 1);
  });
}
