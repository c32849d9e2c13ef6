// How old our knowledge of ISO 4217 is, and what to do about it.
import { COMPLETE_UNTIL } from "../../functions/lib/domain/currencies.ts";

const DAY_MS = 86_400_000;
/** The agency changes the list a few times a year. */
const MOST_DAYS = 365;

export const ageInDays = (now: number): number => Math.floor((now - Date.parse(COMPLETE_UNTIL)) / DAY_MS);

/** What is said of a list that is older than a year; undefined for a younger one. */
export const complaintAbout = (now: number): string | undefined =>
  ageInDays(now) <= MOST_DAYS
    ? undefined
    : `the currencies of ISO 4217 are known until ${COMPLETE_UNTIL}, ${ageInDays(now)} days ago: read the amendments since ` +
      "(six-group.com, ISO 4217), write them into functions/lib/domain/currencies.ts, and set COMPLETE_UNTIL";
