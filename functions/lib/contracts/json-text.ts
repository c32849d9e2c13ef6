// Reads JSON as strictly as money needs it. JSON.parse lets the last of two members of one name win
// and rounds numbers, and who decodes bytes that are no UTF-8 puts U+FFFD in their place. So two
// different texts become the same value; this says where.
import { pointerTo } from "../errors/json-pointer.ts";
import type { FieldError } from "../errors/registry.ts";

/** Deeper than any schema reaches: whoever walks a value may do it by calling itself. */
export const MOST_NESTED = 64;

const DETAILS = {
  twice: "is named twice",
  inexact: "cannot be kept exactly: the number has too many digits",
  replaced: "holds U+FFFD, which stands for bytes that are no UTF-8",
  deep: `is nested more than ${MOST_NESTED} deep`,
};
/** A text may have thousands, at long paths: who shows one makes its pointer. */
export type JsonFault = { path: readonly (string | number)[]; fault: keyof typeof DETAILS };

export const asFieldError = ({ path, fault }: JsonFault): FieldError => ({
  pointer: pointerTo(path),
  detail: DETAILS[fault],
});

/**
 * The value and everything that is wrong with its text. What is nested too deeply has that fault
 * alone, and no value: nobody may walk it. Throws SyntaxError for what is no JSON.
 */
export function readJson(text: string): { value: unknown; faults: JsonFault[] } {
  const value: unknown = JSON.parse(text);
  const { faults, isTooDeep } = new Scan(text);
  return isTooDeep ? { value: undefined, faults: faults.slice(-1) } : { value, faults };
}

/**
 * The faults of these members, by pointers of two names at most, that leave it open what is said.
 * U+FFFD is the sender's own where its bytes are vouched for.
 */
export const unsureOf = (faults: readonly JsonFault[], members: readonly string[]): JsonFault[] =>
  faults.filter(
    ({ path, fault }) => fault !== "replaced" && path.length <= 2 && members.includes(pointerTo(path)),
  );

/** Where the reader is in one list or object; a list has no names. */
type Frame = { names: Set<string> | undefined; part: string | number; isAtName: boolean };

/** Of a text that JSON.parse took: strings, marks, and what is neither. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** One pass over a text that JSON.parse took, without recursion. It ends where it gets too deep. */
class Scan {
  readonly faults: JsonFault[] = [];
  isTooDeep = false;
  private readonly frames: Frame[] = [];

  constructor(text: string) {
    for (const [token] of text.matchAll(TOKENS)) {
      this.take(token);
      if (this.isTooDeep) return;
    }
  }

  private take(token: string): void {
    if (token === "{" || token === "[") this.enter(token === "{");
    else if (token === "}" || token === "]") this.frames.pop();
    else if (token === "," || token === ":") this.move(token);
    else if (token.startsWith('"')) this.readString(token);
    else if (!isExact(token)) this.report("inexact");
  }

  private enter(isObject: boolean): void {
    this.isTooDeep = this.frames.length === MOST_NESTED;
    if (this.isTooDeep) this.report("deep");
    const names = isObject ? new Set<string>() : undefined;
    this.frames.push({ names, part: isObject ? "" : 0, isAtName: isObject });
  }

  /** A comma leads to the next name, or to the next place of a list. */
  private move(mark: "," | ":"): void {
    const frame = this.frames.at(-1);
    if (!frame) return;
    frame.isAtName = mark === "," && frame.names !== undefined;
    if (mark === "," && typeof frame.part === "number") frame.part += 1;
  }

  private readString(token: string): void {
    const text = token.includes("\\") ? (JSON.parse(token) as string) : token.slice(1, -1);
    const frame = this.frames.at(-1);
    if (frame?.isAtName && frame.names) {
      frame.part = text;
      if (frame.names.has(text)) this.report("twice");
      frame.names.add(text);
    }
    if (text.includes("\ufffd")) this.report("replaced");
  }

  private report(fault: JsonFault["fault"]): void {
    this.faults.push({ path: this.frames.map(({ part }) => part), fault });
  }
}

const SHORT_INTEGER = /^-?\d{1,15}$/;

/** True of a number that the value has in full, and of true, false and null. */
function isExact(token: string): boolean {
  if (SHORT_INTEGER.test(token) || !/^[-\d]/.test(token)) return true;
  const sent = decimalOf(token);
  const kept = decimalOf(String(Number(token)));
  return sent !== undefined && sent.digits === kept?.digits && sent.power === kept.power;
}

/** The number as digits without zeros around them, times a power of ten. */
function decimalOf(text: string): { digits: string; power: number } | undefined {
  const [, whole, fraction = "", exponent = "0"] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const all = whole + fraction;
  let [first, end] = [0, all.length];
  while (all[first] === "0") first += 1;
  while (end > first && all[end - 1] === "0") end -= 1;
  if (first === end) return { digits: "", power: 0 };
  return { digits: all.slice(first, end), power: Number(exponent) - fraction.length + all.length - end };
}
