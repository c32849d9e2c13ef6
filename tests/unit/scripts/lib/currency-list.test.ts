// The age of the list of currencies: a year is young enough, and a day more is not.
import { describe, expect, it } from "@jest/globals";
import { COMPLETE_UNTIL } from "../../../../functions/lib/domain/currencies.ts";
import { ageInDays, complaintAbout } from "../../../../scripts/lib/currency-list.ts";

const DAY_MS = 86_400_000;
const daysLater = (days: number): number => Date.parse(COMPLETE_UNTIL) + days * DAY_MS;

describe("the list of currencies", () => {
  it("counts its age in whole days", () => {
    expect([daysLater(0), daysLater(1) - 1, daysLater(1)].map(ageInDays)).toEqual([0, 0, 1]);
  });

  it("is complained about once it is older than a year, with what to do", () => {
    expect(complaintAbout(daysLater(365))).toBeUndefined();
    expect(complaintAbout(daysLater(366))).toMatch(/366 days ago.*functions\/lib\/domain\/currencies\.ts/);
  });
});
