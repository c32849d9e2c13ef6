// Card numbers are found in every writing that docs/security.md names; what merely looks like one
// is let through. Each writing that is not seen is named there, and tested here as unseen.
import { describe, expect, it } from "@jest/globals";
import {
  holdsCardNumber,
  suspectIn,
  withoutCardNumbers,
} from "../../../../functions/lib/domain/card-data.ts";
import { TEST_CARDS } from "../../../support/test-cards.ts";

const KEYCAPS = "4111111111111111".replace(/\d/g, "$&\ufe0f\u20e3");
const ARABIC = "٤١١١١١١١١١١١١١١١";
const FULL_WIDTH = "４１１１１１１１１１１１１１１１";

describe("a card number is found", () => {
  it.each([
    ["alone", "4111111111111111"],
    ["in groups", "4111 1111 1111 1111"],
    ["with dashes", "4111-1111-1111-1111"],
    ["with two spaces", "4111  1111  1111  1111"],
    ["with dots", "4111.1111.1111.1111"],
    ["with slashes", "4111/1111/1111/1111"],
    ["with underscores", "4111_1111_1111_1111"],
    ["with commas", "4111, 1111, 1111, 1111"],
    ["with tabs", "4111\t1111\t1111\t1111"],
    ["on lines", "4111\n1111\n1111\n1111"],
    ["with spaces that do not break", "4111\u00a01111\u00a01111\u00a01111"],
    ["with signs of no width", "4111\u200b1111\u200d1111\ufeff1111"],
    ["with soft hyphens", "41111111\u00ad11111111"],
    ["with combining marks", "4\u0301111111111111111"],
    ["digit by digit", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"],
    ["in full-width digits", FULL_WIDTH],
    ["in Arabic digits", ARABIC],
    ["in mathematical digits", "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏"],
    ["on keycaps", KEYCAPS],
    ["in circled digits", "④①①①①①①①①①①①①①①①"],
    ["in black circles", "❹❶❶❶❶❶❶❶❶❶❶❶❶❶❶❶"],
    ["in double circles", "⓸⓵⓵⓵⓵⓵⓵⓵⓵⓵⓵⓵⓵⓵⓵⓵"],
    ["in circles without serifs, white and black", "➃➀➀➀➀➀➀➀➊➊➊➊➊➊➊➊"],
    ["with zeros in circles of every kind", "➂⓿🄋🄌⓪🄋🄋🄋🄋🄋🄋🄋🄋🄋🄋➃"],
    ["within a word", "a4111111111111111b"],
    ["behind letters", "PAN4111111111111111"],
    ["in a sentence", "please charge 4111111111111111, thanks"],
    ["on track 1", "%B4111111111111111^DOE/JANE^29122010000000000000?"],
    ["on track 2", ";4111111111111111=29122010000000000?"],
    ["with its expiry behind it", "4111 1111 1111 1111 12/29"],
    ["with its expiry glued to it", "41111111111111111229"],
    ["with expiry and code glued to it", "41111111111111111229123"],
    ["with its code glued to it", "4111111111111111123"],
    ["in groups, with expiry and code glued to it", "4111 1111 1111 1111122029123"],
    ["in groups, with its code and then its expiry", "4111 1111 1111 11111231229"],
    ["with its expiry glued before it", "12294111111111111111"],
    ["with its security code behind it", "4111 1111 1111 1111 123"],
    ["with a count before it", "card 1 4111 1111 1111 1111"],
    ["after an underscore", "card_4111111111111111"],
    ["of fifteen digits", "3782 822463 10005"],
    ["of fifteen digits, its code glued to it", "3782822463100051234"],
    ["of thirteen digits", "4222222222222"],
    ["of thirteen digits as on the card", "4222 222 222 222"],
    ["of seventeen digits in groups", "6212 3456 7890 0000 3"],
    ["of nineteen digits", "6304000000000000000"],
    ["beside a UUID", "2f6c1f0e-0000-8000-8000-000000000001 4111111111111111"],
    ["beside a date", "2026-12-01 4111111111111111"],
    ["two of them in a row, with nothing between", "41111111111111115555555555554444"],
  ])("%s", (_, text) => {
    expect(holdsCardNumber(text)).toBe(true);
    expect(withoutCardNumbers(text)).toContain("[card]");
  });

  it("of every network", () => {
    const bare = Object.values(TEST_CARDS)
      .flat()
      .filter(({ length }) => length !== 17 && length !== 18);
    expect(bare.filter((card) => !holdsCardNumber(card))).toEqual([]);
  });
});

describe("no card number is", () => {
  it.each([
    ["a number whose check digit is wrong", "4111111111111112"],
    ["twelve digits", "411111111111"],
    ["a number of no network", "1111111111111117"],
    ["a network's prefix with a length that it has not", "411111111111111117"],
    ["a Mastercard's prefix with fifteen digits", "510510510510511"],
    ["one digit too many", "41111111111111111"],
    ["four digits behind it that are no expiry", "41111111111111111399"],
    ["a UUID of digits only", "41111111-1111-1111-1111-411111111111"],
    ["a UUID within a key", "41111111-1111-4111-8111-111111111111:authorize"],
    ["a UUID without dashes", "4111111111114111811111111111111a"],
    ["milliseconds", "order-1748503543012"],
    ["microseconds", "1748503543012345"],
    ["nanoseconds", "1748503543012345678"],
    ["nanoseconds of 2027 that begin like a card of fifteen digits", "1800000000000029999"],
    ["milliseconds of 2027 and a counter behind them", "1800000000000-029999"],
    ["an id of X that begins like a card of fifteen digits", "2131343755748789031"],
    ["a number with the date before it", "2026-11-30-000000004717"],
    ["a date with a time and an offset", "2026-12-01T22:21:10.123458+00:00"],
    ["an id that counts up", "622239079639562303"],
    ["a bank's account number", "DE43100000000000310527"],
    ["a bank's account number in groups", "DE35 3704 0044 0532 0130 02"],
    ["a bar code", "4006381333931"],
    ["a telephone number", "+49 30 1234567"],
    ["a mobile telephone with thirteen digits", "+4915112345676"],
    [
      "two mobile telephones that are nineteen digits of a Visa and seven more",
      "+4915100000000 +4919990012345",
    ],
    ["a second mobile telephone, of thirteen digits", "+4915000000000, +4915700000008"],
    ["two mobile telephones", "+4915112345014, +4915712345678"],
    ["as many digits as a body can hold", "4".repeat(64 * 1024)],
    ["as many groups as a body can hold, none long enough", "1 x ".repeat(16 * 1024)],
    ["nothing", ""],
  ])("%s", (_, text) => {
    expect(holdsCardNumber(text)).toBe(false);
    expect(withoutCardNumbers(text)).toBe(text);
  });
});

describe("a card number behind", () => {
  it.each([
    ["what is no bank's account number, by its check", "FR35 3704 0044 0532 0130 02"],
    ["a date that is none", "2026-13-30-000000004717"],
  ])("%s is found", (_, text) => expect(holdsCardNumber(text)).toBe(true));
});

describe("not seen, as docs/security.md says, is a number", () => {
  it.each([
    ["with letters between its groups", "4111x1111x1111x1111"],
    ["spelt out", "four one one one"],
    ["percent-encoded", "4111%201111%201111%201111"],
    ["percent-encoded twice", "4111%252D1111%252D1111%252D1111"],
    ["in the middle of a longer number", "99941111111111111110000000"],
    ["of 17 digits in one piece", "62123456789000003"],
    ["in another base", Buffer.from("4111111111111111").toString("base64")],
  ])("%s", (_, text) => expect(holdsCardNumber(text)).toBe(false));
});

describe("what is shown", () => {
  it.each([
    ["pay 4111 1111 1111 1111 now", "pay [card] now"],
    ["4111111111111111 and 5555-5555-5555-4444", "[card] and [card]"],
    ["41111111111111111229", "[card]"],
    [`é${FULL_WIDTH}é`, "é[card]é"],
    [`${KEYCAPS}!`, "[card]!"],
    ["2f6c1f0e-0000-8000-8000-000000000001:capture", "2f6c1f0e-0000-8000-8000-000000000001:capture"],
    ["日本語 😀 é 1234", "日本語 😀 é 1234"],
  ])("of %j is %j", (text, shown) => expect(withoutCardNumbers(text)).toBe(shown));
});

describe("a body is judged", () => {
  it("by its numbers as well as by its texts and names", () => {
    expect(suspectIn({ card: 4111111111111111 })).toEqual([
      { pointer: "/card", detail: "looks like a card number: send a payment_method token instead" },
    ]);
    expect(suspectIn({ metadata: { note: "4111111111111111" }, reason: "4111111111111111" })).toEqual([
      { pointer: "/metadata/note", detail: "looks like a card number: leave it out" },
      { pointer: "/reason", detail: "looks like a card number: leave it out" },
    ]);
    expect(suspectIn({ amount: 999_999_999_999, at: 1_748_503_543_012 })).toEqual([]);
  });

  it("in a time that grows with its length", () => {
    const worst = ["4 ", "４ ", "4111 1111 1111 1112 ", "12:", "DE89 ", "1        ", "﷽"];
    const took = (text: string): number => {
      const began = performance.now();
      holdsCardNumber(text);
      return performance.now() - began;
    };
    // A judge that is quadratic takes minutes for the longest; a busy machine does not.
    for (const piece of worst) {
      expect(took(piece.repeat(Math.ceil((256 * 1024) / piece.length)))).toBeLessThan(10_000);
    }
  });
});
