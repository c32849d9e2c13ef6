// A text as a person reads its digits: digits of every script are 0 to 9, what nobody sees is gone,
// and each character knows where it came from.

export type PlainText = {
  /** ASCII only. A letter of another script is `x`, any other sign is a space. */
  plain: string;
  /** Where the character at an index of `plain` begins in the text; at the end, its length. */
  origin: (index: number) => number;
};

const ASCII = /^[\p{ASCII}]*$/u;
/** Format characters, combining marks, variation selectors and fillers. */
const UNSEEN = /^[\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]$/u;
const DIGIT = /^\p{Nd}$/u;
const LETTER = /^[\p{L}\p{N}]$/u;
const DASH = /^\p{Pd}$/u;
/** The one of each row of circled digits that NFKC leaves as they are; nine more follow it. */
const CIRCLED_ONES = [0x24f5, 0x2776, 0x2780, 0x278a];
const CIRCLED_ZEROS = [0x24ff, 0x1f10b, 0x1f10c];

export function plainTextOf(text: string): PlainText {
  if (ASCII.test(text)) return { plain: text, origin: (index) => index };
  const origins: number[] = [];
  let plain = "";
  let at = 0;
  for (const sign of text) {
    const seen = isAscii(sign) ? sign : plainSign(sign);
    plain += seen;
    for (let index = 0; index < seen.length; index++) origins.push(at);
    at += sign.length;
  }
  return { plain, origin: (index) => origins[index] ?? text.length };
}

const isAscii = (sign: string): boolean => sign.length === 1 && sign.charCodeAt(0) < 128;

/** NFKC makes full-width, circled and raised digits plain; one sign may become several. */
const plainSign = (sign: string): string =>
  [...sign.normalize("NFKC")].map((one) => (isAscii(one) ? one : asciiFor(one))).join("");

function asciiFor(sign: string): string {
  if (UNSEEN.test(sign)) return "";
  if (DIGIT.test(sign)) return String(digitValue(sign));
  const circled = circledValue(sign.codePointAt(0) ?? 0);
  if (circled !== undefined) return String(circled);
  if (LETTER.test(sign)) return "x";
  return DASH.test(sign) ? "-" : " ";
}

/** Unicode keeps the ten digits of a script side by side, beginning with zero. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return value;
}

/** 0 to 10. */
function circledValue(code: number): number | undefined {
  if (CIRCLED_ZEROS.includes(code)) return 0;
  const one = CIRCLED_ONES.find((first) => first <= code && code < first + 10);
  return one === undefined ? undefined : code - one + 1;
}
