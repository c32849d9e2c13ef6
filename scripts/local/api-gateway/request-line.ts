// One line per request for the terminal: when, what, how it was answered, how long it took, whose it
// is. Never a body, a query, a header or a token, and never a card number that stands in a path.
import { withoutCardNumbers } from "../../../functions/lib/domain/card-data.ts";
import { timeOfDay } from "../common/terminal.ts";

export type Answered = {
  at: Date;
  method: string;
  path: string;
  status: number;
  milliseconds: number;
  /** Where a token named one. */
  merchant?: string | undefined;
};

/** As wide as a payment's id with its longest route, `/payments/{id}/events`. */
const PATH_WIDTH = 53;
const HEALTH_CHECKS = ["/health", "/_local/health"];

/** Undefined for a health check: whoever waits for a stack asks ten times a second. */
export function requestLine(answered: Answered): string | undefined {
  const { at, method, path, status, milliseconds, merchant = "" } = answered;
  if (HEALTH_CHECKS.includes(path)) return undefined;
  const took = `${milliseconds.toFixed(0)} ms`.padStart(8);
  const line = `${timeOfDay(at)}  ${method.padEnd(6)} ${shown(path)}  ${status} ${took}  ${merchant}`;
  return printable(line).trimEnd();
}

function shown(path: string): string {
  const safe = withoutCardNumbers(path);
  return safe.length > PATH_WIDTH ? `${safe.slice(0, PATH_WIDTH - 1)}…` : safe.padEnd(PATH_WIDTH);
}

/** A client must not be able to write to a terminal. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e…]/g, "?");
