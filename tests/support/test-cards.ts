// The test numbers that networks and processors publish, and the ways in which people, programs and
// card readers write a number down.
import type { Random } from "../../scripts/lib/random.ts";

type Some<T> = readonly [T, ...T[]];

/** Numbers by network. None is anybody's card. */
export const TEST_CARDS: Record<string, Some<string>> = {
  visa: [
    "4111111111111111",
    "4242424242424242",
    "4012888888881881",
    "4000056655665556",
    "4222222222222",
    "4000000000000000006",
    "4444333322221111455",
  ],
  mastercard: [
    "5555555555554444",
    "5105105105105100",
    "5200828282828210",
    "2223003122003222",
    "2223000048400011",
    "2720992593319364",
  ],
  "american express": ["378282246310005", "371449635398431", "378734493671000", "341111111111111"],
  discover: ["6011111111111117", "6011000990139424", "6011981111111113", "6510000000000034"],
  diners: ["30569309025904", "38520000023237", "36227206271667", "3056930009020004"],
  jcb: ["3530111333300000", "3566002020360505", "3569990010095841", "180000000000002"],
  unionpay: [
    "6200000000000005",
    "6200000000000047",
    "6205500000000000004",
    "6212345678901232",
    "62123456789000003",
    "621234567890000002",
    "6212345678900000003",
    "8171999927660000",
    "8171999900000000021",
    "6221260000000000",
  ],
  maestro: [
    "6759649826438453",
    "6799990100000000019",
    "6304000000000000",
    "5018000000000009",
    "6771798021000008",
    "6304939304310009610",
    "633499110000000003",
  ],
  rupay: ["6074819900004939"],
  mir: ["2200000000000053", "2200770212727079"],
  troy: ["9792030000000000"],
  elo: ["5066991111111118", "6362970000457013", "5067310000000010", "6550000000000001"],
  hipercard: ["6062826786276634", "6062828888666688"],
  hiper: ["6370950000000005"],
  verve: ["5060666666666666666", "5061460410120223210"],
};

const ALL = Object.values(TEST_CARDS).flat() as unknown as Some<string>;

/** What stands between two groups of digits. */
const SEPARATORS: Some<string> = [
  "",
  " ",
  "  ",
  "   ",
  "-",
  " - ",
  ".",
  "/",
  "_",
  ",",
  ", ",
  ":",
  "|",
  "+",
  "*",
  "\t",
  "\r\n",
  "\u00a0",
  "\u2007",
  "\u2009",
  "\u202f",
  "\u3000",
  "\u200b",
  "\u200d",
  "\u2060",
  "\ufeff",
  "\u00ad",
  "\u2010",
  "\u2011",
  "\u2013",
  "\u2014",
  "\u2212",
  "\u00b7",
  "\u2022",
  "\u30fb",
];

/** Those that do not vanish: what they are between stays in groups. */
const SEEN_SEPARATORS: Some<string> = [" ", "  ", "-", ".", "/", "_", "\t", "\u00a0", "\u3000", "\u2013"];

/** Sizes of groups: as on the card, in halves, in pairs, one by one, and in one piece. */
const GROUPINGS: Some<number[]> = [
  [4, 4, 4, 4, 3],
  [4, 6, 5],
  [4, 6, 4],
  [8, 8],
  [6, 13],
  [2],
  [1],
  [5],
  [19],
];

/** The zero of a script whose digits follow it; `keycap` draws a key around each. */
const ZEROS: Some<number> = [
  0x30, 0x30, 0x30, 0xff10, 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x1d7ce, 0x1d7f6,
];

/** Before and behind: letters, marks of a card reader, words, codes. */
const AROUND: Some<[before: string, behind: string]> = [
  ["", ""],
  ["card", "please"],
  ["PAN:", ";"],
  ["card number ", " exp 12/29 cvc 123"],
  ["1 x ", " 12/29"],
  ["%B", "^DOE/JANE^29122010000000000000?"],
  [";", "=29122010000000000?"],
  ["", "|12|2029|123"],
  ["12/29 ", ""],
  ["(", ")"],
  ['{"number":"', '"}'],
  ["日本", "です"],
  ["order_42_", "_x"],
];

/** What is glued to a number, nothing between them: an expiry, a code, both. */
const GLUED_TO_ANY: Some<[before: string, behind: string]> = [
  ["", "1229"],
  ["", "2912"],
  ["", "122029"],
  ["", "1229123"],
  ["", "1231229"],
];
const GLUED: Some<[before: string, behind: string]> = [...GLUED_TO_ANY, ["", "123"], ["1229", ""]];

const inScript = (digits: string, zero: number): string =>
  digits.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

/** 13 digits are seen as one piece or as on the card, 17 and 18 only in groups. */
const SPECIAL: Record<number, Some<number[]>> = {
  13: [[4, 3, 3, 3], [13]],
  17: [[4], [4, 4, 9]],
  18: [[4], [6, 12]],
};

/** One writing of a test number. The same seed gives the same one. */
export function writeCard(random: Random): { card: string; text: string } {
  const card = random.pick(ALL);
  const text = isPlain(card) && random.chance(0.2) ? glued(card, random) : inGroups(card, random);
  const [before, behind] = random.pick(AROUND);
  return { card, text: `${before}${text}${behind}` };
}

const isPlain = ({ length }: string): boolean => length >= 15 && SPECIAL[length] === undefined;

/** Only to 16 digits or more a security code is glued, or an expiry put in front. */
function glued(card: string, random: Random): string {
  const isLong = card.length >= 16;
  const [front, back] = random.pick(isLong ? GLUED : GLUED_TO_ANY);
  return `${inScript(`${front}${card}${back}`, random.pick(ZEROS))}x`;
}

function inGroups(card: string, random: Random): string {
  const sizes = random.pick(SPECIAL[card.length] ?? GROUPINGS);
  const separator = random.pick(SPECIAL[card.length] ? SEEN_SEPARATORS : SEPARATORS);
  const zero = random.pick(ZEROS);
  const groups = split(card, sizes).map((group) => inScript(group, zero));
  const written = groups.join(separator);
  return zero === 0x30 && random.chance(0.1) ? written.replace(/\d/g, "$&\ufe0f\u20e3") : written;
}

function split(digits: string, sizes: number[]): string[] {
  const groups: string[] = [];
  for (let at = 0; at < digits.length; ) {
    const size = sizes[groups.length % sizes.length] ?? 1;
    groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups;
}
