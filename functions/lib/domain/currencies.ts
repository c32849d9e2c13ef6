// Which currencies a payment can be made in, and when: ISO 4217's list as a package carries it, and
// what the standard's agency changed around it. Only intake asks for the date. A payment that was
// taken keeps its currency until its last undo and refund.
import { code as listed } from "currency-codes";
import type { Sound } from "../contracts/contract.ts";
import { ContractViolated, type FieldError } from "../errors/registry.ts";

/**
 * Codes of ISO 4217 that nobody can pay with: metals, bond units, funds, tests. They carry no
 * country or are listed as such.
 */
const NOT_PAYABLE = /^(X(AD|AU|AG|PT|PD|TS|XX|DR|BA|BB|BC|BD|SU|UA)|USN|CHE|CHW|CLF|COU|MXV|UYI|UYW|BOV)$/;

export type Change = {
  /** The first day of the currency, and the first day without it: dates in UTC. */
  from?: string;
  until?: string;
  /** What is paid with since. */
  successor?: string;
  /** Digits of the minor unit, where the package does not list it. */
  digits?: number;
};

/**
 * Amendments 170 to 180 of ISO 4217. A currency ends when it is legal tender no more; where two
 * circulated together, both are taken. A change that is announced is written down before its day.
 */
export const CHANGES: ReadonlyMap<string, Change> = new Map([
  ["VED", { from: "2021-10-01" }],
  ["CUC", { until: "2021-07-01", successor: "CUP" }],
  ["SLE", { from: "2022-07-01" }],
  ["SLL", { until: "2024-01-01", successor: "SLE", digits: 2 }],
  ["HRK", { until: "2023-01-01", successor: "EUR", digits: 2 }],
  ["ZWG", { from: "2024-06-25" }],
  ["ZWL", { until: "2024-09-01", successor: "ZWG", digits: 2 }],
  ["XCG", { from: "2025-03-31", digits: 2 }],
  ["ANG", { until: "2025-07-01", successor: "XCG" }],
  ["BGN", { until: "2026-01-01", successor: "EUR" }],
]);

/** Until when the list and its changes are complete. `make currencies` says how to go on. */
export const COMPLETE_UNTIL = "2026-07-20";

/** Digits of the minor unit; undefined for what is no currency, or none that is paid with. */
const payableDigits = (code: string): number | undefined =>
  NOT_PAYABLE.test(code) ? undefined : (listed(code)?.digits ?? CHANGES.get(code)?.digits);

/** True for a code that was, is or will be money that a payment can be made in. */
export const isCurrency = (code: string): boolean => payableDigits(code) !== undefined;

/** Digits of the minor unit (JPY 0, EUR 2, KWD 3). Throws ContractViolated for an unknown code. */
export function digitsOf(code: string): number {
  const digits = payableDigits(code);
  if (digits === undefined) throw new ContractViolated(`${code} is no currency`);
  return digits;
}

/** Why nothing is paid in it on the day of `now`, in milliseconds since the epoch. */
function untimely(code: string, now: number): string | undefined {
  const today = new Date(now).toISOString().slice(0, 10);
  const { from, until, successor } = CHANGES.get(code) ?? {};
  if (from !== undefined && today < from) return `is a currency from ${from} on`;
  if (until !== undefined && today >= until)
    return `has not been a currency since ${until}: pay in ${successor}`;
  return undefined;
}

const MEMBERS = ["currency", "destination_currency"];

/** The members of a request that name a currency, with what is wrong with it. */
const faultsOf = (members: Sound, faultOf: (code: string) => string | undefined): FieldError[] =>
  MEMBERS.flatMap((member) => {
    const code = members[member];
    const detail = typeof code === "string" ? faultOf(code) : undefined;
    return detail === undefined ? [] : [{ pointer: `/${member}`, detail }];
  });

/** Members of a request that no payment can ever be made in. */
export const unknownCurrencies = (members: Sound): FieldError[] =>
  faultsOf(members, (code) =>
    isCurrency(code) ? undefined : "is not a currency of ISO 4217 that can be paid with",
  );

/**
 * Members of a request that no payment is made in on the day of `now`: nothing new is taken, and
 * what was taken before is answered as before.
 */
export const untimelyCurrencies = (members: Sound, now: number): FieldError[] =>
  faultsOf(members, (code) => (isCurrency(code) ? untimely(code, now) : undefined));
