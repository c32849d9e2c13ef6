// Strings that must not enter the system, wherever they stand in a body: card numbers, and text
// that is no Unicode. A request that holds one is refused before anything is written.
import type { FieldError } from "../errors/registry.ts";

/** Groups of digits with single spaces or dashes between them, not part of a longer word. */
const DIGIT_GROUPS = /(?<![0-9A-Za-z])\d+(?:[ -]\d+)*(?![0-9A-Za-z])/g;
const FEWEST_DIGITS = 13;
const MOST_DIGITS = 19;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The Luhn check of ISO/IEC 7812-1. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighted = index % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** True when the text holds a card number. A UUID never does: its groups are hexadecimal. */
export function holdsCardNumber(text: string): boolean {
  if (UUID.test(text)) return false;
  return [...text.matchAll(DIGIT_GROUPS)].some(([match]) => someNeighboursPass(match.split(/[ -]/)));
}

const UUID_OR_GROUPS = new RegExp(`${UUID.source.slice(1, -1)}|${DIGIT_GROUPS.source}`, "gi");

/** The text with `[card]` for everything that may be a card number. */
export const withoutCardNumbers = (text: string): string =>
  text.replace(UUID_OR_GROUPS, (match) => (holdsCardNumber(match) ? "[card]" : match));

/** True when neighbouring groups together are a card number. Other digits may stand around it. */
function someNeighboursPass(groups: string[]): boolean {
  return groups.some((_, first) => {
    let digits = "";
    for (let next = first; next < groups.length && digits.length < MOST_DIGITS; next++) {
      digits += groups[next];
      const fits = digits.length >= FEWEST_DIGITS && digits.length <= MOST_DIGITS;
      if (fits && passesLuhn(digits)) return true;
    }
    return false;
  });
}

/** Deeper than any schema reaches. Without a bound, a body of only brackets exhausts the stack. */
const MOST_NESTED = 16;

const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

function faultOf(text: string): string | undefined {
  if (!text.isWellFormed()) return "is not well-formed Unicode";
  if (holdsCardNumber(text)) return "looks like a card number: send a payment_method token instead";
  return undefined;
}

/** One error for each suspect string, names of members included. The value is never repeated. */
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
