// What may stand in a log. Members named like a body, a secret or personal data are hidden. Texts
// lose card numbers and tokens. Of an error only name, message, stack and cause are kept, because
// AWS errors carry the items that they refused.
import { holdsCardNumber, withoutCardNumbers } from "../domain/card-data.ts";

const HIDDEN = "[hidden]";
/** Names of members, in any writing: `rawBody`, `raw_body`. */
const PRIVATE =
  /^(raw)?_?(body|response|metadata|description|headers?|authorization|user_?id|payment_?method|idempotency_?key|item|image|detail)s?$|secret|token|password|card|cvc/i;
const CREDENTIALS = /\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?|\bwhsec_[^\s"',]+|\b(Bearer|Basic)\s+[^\s"',]+/gi;

const DEEPEST = 6;
const MOST_MEMBERS = 50;
/** A stack is long; a text beyond this is somebody's payload. */
const LONGEST_TEXT = 4_000;
/** What is cut off afterwards: a card number across the end is still seen whole. */
const MARGIN = 400;

const textFor = (text: string): string =>
  withoutCardNumbers(text.slice(0, LONGEST_TEXT + MARGIN))
    .replace(CREDENTIALS, HIDDEN)
    .slice(0, LONGEST_TEXT);

/** The value as JSON can show it. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return textFor(value);
  if (typeof value === "bigint") return textFor(value.toString());
  if (typeof value === "number" && holdsCardNumber(String(value))) return withoutCardNumbers(String(value));
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return "[deeper]";
  if (value instanceof Error) return errorFor(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((one) => redacted(one, depth + 1));
  const members = Object.entries(value).slice(0, MOST_MEMBERS);
  return Object.fromEntries(
    members.map(([name, inner]) => [textFor(name), PRIVATE.test(name) ? HIDDEN : redacted(inner, depth + 1)]),
  );
}

const errorFor = ({ name, message, stack, cause }: Error, depth: number): object => ({
  name: textFor(name),
  message: textFor(message),
  ...(stack === undefined ? {} : { stack: textFor(stack) }),
  ...(cause === undefined ? {} : { cause: redacted(cause, depth + 1) }),
});
