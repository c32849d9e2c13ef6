// The one judge of what must not enter the system, stand in a log or be shown: card numbers, in
// whatever writing. A request with one, or with text that is no Unicode, is refused before anything
// is written. What is seen, and what is not, is in docs/security.md#card-numbers.

import type { Sound } from "../contracts/contract.ts";
import { escapePointer } from "../errors/json-pointer.ts";
import type { FieldError } from "../errors/registry.ts";
import { cardLengths, FEWEST_DIGITS, isBarCode, passesLuhn } from "./card-prefixes.ts";
import { withoutKnownShapes } from "./no-card.ts";
import { plainTextOf } from "./plain-text.ts";

/** Groups of digits, and between two of them no letter and at most eight other signs. */
const CHAIN = /\d+(?:[^0-9A-Za-z]{1,8}\d+)*/g;
const GROUP = /\d+/g;

/** `before`: the sign in front of it. */
type Group = { at: number; digits: string; before: string };
/** All digits of a chain in a row. `ends[n]` is where its nth group ends in that row. */
type Chain = { groups: Group[]; digits: string; ends: number[] };
/** Of a text: from its first to after its last sign. */
type Span = { from: number; to: number };

/** True when the text holds a card number. */
export const holdsCardNumber = (text: string): boolean => cardNumbersIn(text, 1).length > 0;

/** The text with `[card]` for every card number, and for what is glued to it. */
export function withoutCardNumbers(text: string): string {
  let rest = 0;
  let shown = "";
  for (const { from, to } of cardNumbersIn(text)) {
    shown += `${text.slice(rest, from)}[card]`;
    rest = to;
  }
  return shown + text.slice(rest);
}

function cardNumbersIn(text: string, most = Number.POSITIVE_INFINITY): Span[] {
  if (text.length < FEWEST_DIGITS) return [];
  const { plain, origin } = plainTextOf(text);
  const judged = withoutKnownShapes(plain);
  const spans: Span[] = [];
  for (const match of judged.matchAll(CHAIN)) {
    if (match[0].length < FEWEST_DIGITS) continue;
    for (const { from, to } of cardsOf(chainOf(match[0], judged[match.index - 1] ?? ""))) {
      spans.push({ from: origin(match.index + from), to: origin(match.index + to) });
      if (spans.length >= most) return spans;
    }
  }
  return spans;
}

function chainOf(text: string, before: string): Chain {
  const groups = [...text.matchAll(GROUP)].map(({ index, 0: digits }) => ({
    at: index,
    digits,
    before: text[index - 1] ?? before,
  }));
  let end = 0;
  const ends = groups.map(({ digits }) => {
    end += digits.length;
    return end;
  });
  return { groups, digits: groups.map(({ digits }) => digits).join(""), ends };
}

/** The cards of a chain, none over another. Each begins where a group begins. */
function cardsOf(chain: Chain): Span[] {
  const spans: Span[] = [];
  for (let first = 0; first < chain.groups.length; first++) {
    const last = lastGroupOfCard(chain, first);
    if (last === undefined) continue;
    const [begin, end] = [chain.groups[first], chain.groups[last]];
    if (begin && end) spans.push({ from: begin.at, to: end.at + end.digits.length });
    first = last;
  }
  return spans;
}

/** In which group the card ends that begins with group `first`; undefined where none does. */
function lastGroupOfCard(chain: Chain, first: number): number | undefined {
  const { groups, digits, ends } = chain;
  const group = groups[first]?.digits ?? "";
  const start = (ends[first] ?? 0) - group.length;
  for (const length of cardLengths(digits.slice(start, start + 4))) {
    const card = digits.slice(start, start + length);
    if (card.length < length || !passesLuhn(card)) continue;
    const last = groupAt(ends, first, start + length);
    const glued = digits.slice(start + length, ends[last]);
    if (isWrittenAsCard(card, { chain, first, last, glued })) return last;
  }
  return isBehindExpiry(group) ? first : undefined;
}

/** The group in which the digit before `end` stands: a few steps, since a card is short. */
function groupAt(ends: number[], first: number, end: number): number {
  let last = first;
  while ((ends[last] ?? end) < end) last += 1;
  return last;
}

type Writing = { chain: Chain; first: number; last: number; glued: string };

/**
 * Ids that count up have 17 or 18 digits, as cards hardly ever do: these are seen only in groups.
 * Of 12 or 13 digits, where few cards are left, a number has to stand as it does on a card. What
 * goes from one group into the beginning of a long one is two numbers, such as two telephones.
 */
function isWrittenAsCard(card: string, { chain, first, last, glued }: Writing): boolean {
  if (card.length < 14) return glued === "" && isShortCard(card, chain, first, last);
  if (first === last) return card.length !== 17 && card.length !== 18 && mayBeGlued(card, glued);
  return mayBeGlued(card, glued) && (glued.length <= 4 || EXPIRY_WITH_MORE.test(glued));
}

const AS_ON_CARD = ["12", "13", "4,4,4", "4,4,4,1", "4,3,3,3"];

/** In one piece or as on the card, and neither a telephone number nor a bar code. */
function isShortCard(card: string, { groups }: Chain, first: number, last: number): boolean {
  const sizes = groups.slice(first, last + 1).map(({ digits }) => digits.length);
  const isTelephone = groups[first]?.before === "+";
  return AS_ON_CARD.includes(sizes.join()) && !isTelephone && !isBarCode(card);
}

/** As people write it, and as a card reader does: the year first. */
const EXPIRY = /^(?:0[1-9]|1[0-2])(?:2[4-9]|[34]\d)$/;
const EXPIRY_ON_TRACK = /^(?:2[4-9]|[34]\d)(?:0[1-9]|1[0-2])$/;

/** An expiry, its year with the century or without, and a code before or behind it. */
const EXPIRY_WITH_MORE =
  /^(?:\d{3})?(?:(?:0[1-9]|1[0-2])(?:20)?(?:2[4-9]|[34]\d)|(?:20)?(?:2[4-9]|[34]\d)(?:0[1-9]|1[0-2]))(?:\d{3,4})?$/;

/** Of all cards only American Express has a security code of four digits. */
const HAS_LONG_CODE = /^3[47]\d{13}$/;

/**
 * What people and readers write right behind a number: a security code, an expiry, or both. One or
 * two more digits make a longer number, which is none.
 */
function mayBeGlued(card: string, glued: string): boolean {
  if (glued === "" || glued.length > 4) return true;
  if (glued.length === 3) return card.length >= 16;
  if (glued.length !== 4) return false;
  return HAS_LONG_CODE.test(card) || EXPIRY.test(glued) || EXPIRY_ON_TRACK.test(glued);
}

/** `1229` and the number, with nothing between them. */
function isBehindExpiry(group: string): boolean {
  const card = group.slice(4);
  if (card.length < 16 || card.length > 19 || !EXPIRY.test(group.slice(0, 4))) return false;
  return cardLengths(card.slice(0, 4)).includes(card.length) && passesLuhn(card);
}

/** Deeper than any schema reaches. Without a bound, a body of only brackets exhausts the stack. */
const MOST_NESTED = 16;

/** A token takes the place of a number that pays, and of no other. */
const looksLikeCard = (pointer: string): string =>
  /^\/(?:metadata|description|reason)(?:\/|$)/.test(pointer)
    ? "looks like a card number: leave it out"
    : "looks like a card number: send a payment_method token instead";

function faultOf(value: unknown, pointer: string): string | undefined {
  if (typeof value === "number") return holdsCardNumber(String(value)) ? looksLikeCard(pointer) : undefined;
  if (typeof value !== "string") return undefined;
  if (!value.isWellFormed()) return "is not well-formed Unicode";
  return holdsCardNumber(value) ? looksLikeCard(pointer) : undefined;
}

/** One error for each suspect value of a request, names included. The value is never repeated. */
export const suspectStrings = (members: Sound): FieldError[] => suspectIn(members);

/** The same of anything, however deep. */
export function suspectIn(value: unknown, pointer = "", depth = 0): FieldError[] {
  if (typeof value !== "object" || value === null) {
    const detail = faultOf(value, pointer);
    return detail ? [{ pointer, detail }] : [];
  }
  if (depth > MOST_NESTED) return [{ pointer, detail: "is nested too deeply" }];
  return Object.entries(value).flatMap(([name, inner]) => {
    const wrong = faultOf(name, pointer);
    if (wrong) return [{ pointer, detail: `has a member whose name ${wrong}` }];
    return suspectIn(inner, `${pointer}/${escapePointer(name)}`, depth + 1);
  });
}
