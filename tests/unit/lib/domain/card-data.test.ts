// Card numbers are found wherever they stand; what merely looks long is let through.
import { describe, expect, it } from "@jest/globals";
import { holdsCardNumber } from "../../../../functions/lib/domain/card-data.ts";

describe("a card number is found", () => {
  it.each([
    ["alone", "4111111111111111"],
    ["in groups", "4111 1111 1111 1111"],
    ["with dashes", "4111-1111-1111-1111"],
    ["in a sentence", "please charge 4111111111111111, thanks"],
    ["with its expiry behind it", "4111 1111 1111 1111 12/29"],
    ["with its security code behind it", "4111 1111 1111 1111 123"],
    ["with a count before it", "card 1 4111 1111 1111 1111"],
    ["after an underscore", "card_4111111111111111"],
    ["of fifteen digits", "3782 822463 10005"],
    ["of thirteen digits", "4222222222222"],
    ["of nineteen digits", "6304000000000000000"],
    ["beside a UUID", "2f6c1f0e-0000-8000-8000-000000000001 4111111111111111"],
  ])("%s", (_, text) => {
    expect(holdsCardNumber(text)).toBe(true);
  });
});

describe("no card number is", () => {
  it.each([
    ["a number whose check digit is wrong", "4111111111111112"],
    ["twelve digits", "411111111111"],
    ["twenty digits", "41111111111111111111"],
    ["digits within a word", "a4111111111111111b"],
    ["a UUID of digits only", "41111111-1111-1111-1111-411111111111"],
    ["as many digits as a body can hold", "4".repeat(64 * 1024)],
    ["as many groups as a body can hold, none long enough", "1 x ".repeat(16 * 1024)],
    ["a telephone number", "+49 30 1234567"],
    ["nothing", ""],
  ])("%s", (_, text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });
});
