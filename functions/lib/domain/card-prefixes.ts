// How the numbers of payment cards begin, and how long they are: the issuer prefixes of ISO/IEC
// 7812 by network, as braintree/credit-card-type has them, and networks of single countries beside.
// docs/security.md says which cards are not known, and why.

/** The first four digits, both ends included. Where a network has longer prefixes, all of four. */
type Range = [from: number, to: number, lengths: readonly number[]];

const SIXTEEN = [16] as const;
const LONG = [16, 19] as const;
const ANY_LONG = [16, 17, 18, 19] as const;
const ANY_MAESTRO = [12, 13, 14, 15, 16, 17, 18, 19] as const;
const DINERS = [14, 16, 19] as const;

/** Maestro's prefixes in use; of the others its longer numbers are known. */
const MAESTRO = [5018, 5020, 5038, 5641, 5893, 6304, 6331, 6333, 6334, 6759, 6761, 6762, 6763];

const NETWORKS: Record<string, Range[]> = {
  visa: [[4000, 4999, [13, 16, 19]]],
  mastercard: [
    [5100, 5599, SIXTEEN],
    [2221, 2720, SIXTEEN],
  ],
  "american express": [
    [3400, 3499, [15]],
    [3700, 3799, [15]],
  ],
  diners: [
    [3000, 3059, DINERS],
    [3095, 3095, DINERS],
    [3600, 3699, DINERS],
    [3800, 3999, DINERS],
  ],
  discover: [
    [6011, 6011, LONG],
    [6440, 6599, LONG],
  ],
  jcb: [
    [3528, 3589, ANY_LONG],
    [1800, 1800, [15]],
    [2131, 2131, [15]],
  ],
  // Also co-branded cards that Discover takes (6221 to 6229), and Elo's 6277.
  unionpay: [
    [6200, 6299, ANY_LONG],
    [8100, 8171, ANY_LONG],
  ],
  // Also Elo's and Verve's 50, RuPay's 508, and Hiper's and Elo's 63.
  maestro: [
    [5000, 5099, ANY_LONG],
    [5600, 5999, ANY_LONG],
    [6300, 6399, ANY_LONG],
    [6700, 6799, ANY_LONG],
    ...MAESTRO.map((prefix): Range => [prefix, prefix, ANY_MAESTRO]),
  ],
  // Also Hipercard's 6062. RuPay's 65 is Discover's, its 353 and 356 are JCB's.
  rupay: [
    [6000, 6099, SIXTEEN],
    [8100, 8299, SIXTEEN],
  ],
  mir: [[2200, 2204, ANY_LONG]],
  troy: [[9792, 9792, SIXTEEN]],
  napas: [[9704, 9704, LONG]],
  uzcard: [[8600, 8600, SIXTEEN]],
  humo: [[9860, 9860, SIXTEEN]],
  arca: [[9051, 9051, SIXTEEN]],
  belkart: [[9112, 9112, SIXTEEN]],
  gpn: [[1946, 1946, SIXTEEN]],
};

const RANGES = Object.values(NETWORKS).flat();

/** The longest first: what is hidden is then hidden whole. */
function lengthsOf(prefix: number): number[] {
  const ranges = RANGES.filter(([from, to]) => from <= prefix && prefix <= to);
  return [...new Set(ranges.flatMap(([, , lengths]) => lengths))].sort((a, b) => b - a);
}

/** Reckoned when it is first asked for: every function loads this, and few see a card. */
const known = new Map<string, number[]>();

/** How many digits a card has whose number begins with these four; the longest first. */
export function cardLengths(prefix: string): number[] {
  const lengths = known.get(prefix) ?? lengthsOf(Number(prefix));
  known.set(prefix, lengths);
  return lengths;
}

/** The fewest digits of any card. */
export const FEWEST_DIGITS = Math.min(...RANGES.flatMap(([, , lengths]) => lengths));

/** The Luhn check of ISO/IEC 7812-1. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighted = index % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** The check digit of a product's bar code (GS1): many have 13 digits and begin with 4. */
export function isBarCode(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((all, digit, index) => all + Number(digit) * (index % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}
