// What is no card number by its shape, whatever its digits are: UUIDs, dates, times of day and
// account numbers of banks (IBAN).

const UUID = /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi;
/** Without dashes, its version and its variant have to be right: 32 digits may be two cards. */
const COMPACT_UUID = /(?<![0-9a-z])[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-z])/gi;
const DATE = /(?<!\d)(?:19|20)\d\d([-/.])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)/g;
const TIME =
  /(?<![\d:])(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?(?![\d:])/g;
const IBAN = /(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![0-9A-Za-z])/g;

/** The ASCII text with letters in the place of each of these; every index stays where it is. */
export const withoutKnownShapes = (plain: string): string =>
  plain
    .replace(UUID, letters)
    .replace(COMPACT_UUID, (match) => (/[a-f]/i.test(match) ? letters(match) : match))
    .replace(DATE, letters)
    .replace(TIME, letters)
    .replace(IBAN, (match) => (isIban(match) ? letters(match) : match));

const letters = (match: string): string => "x".repeat(match.length);

/** The check of ISO 13616: as a number, with the first four signs last, 1 is left over of 97. */
function isIban(text: string): boolean {
  const iban = text.replaceAll(" ", "");
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((sign) => Number.parseInt(sign, 36)).join("");
  let left = 0;
  for (const digit of digits) left = (left * 10 + Number(digit)) % 97;
  return left === 1;
}
