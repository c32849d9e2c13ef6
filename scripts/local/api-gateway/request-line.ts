// One line per request for the terminal: when, what, which status, how long, which merchant. It
// never shows a body, a query, a header or a token, and never a card number that stands in a path.
import { withoutCardNumbers } from "../../../functions/lib/domain/card-data.ts";
import { timeOfDay } from "../common/terminal.ts";

export type Answered = {
  at: Date;
  method: string;
  path: string;
  status: number;
  milliseconds: number;
  /** The merchant, if a token named one. */
  merchant?: string | undefined;
};

/** As wide as the longest route of a payment with its id, `/payments/{id}/events`. */
const PATH_WIDTH = 53;
const HEALTH_CHECKS = ["/health", "/_local/health"];

/** Undefined for a health check: a client that waits for a stack asks ten times a second. */
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

/** A client must not be able to send control characters to a terminal. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e…]/g, "?");
