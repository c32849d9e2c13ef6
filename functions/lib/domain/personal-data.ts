// What of a payment is about a person. It lies in items of its own, so that it can be blanked: the
// answer that replays repeat is kept without it, and filled in when it is repeated.
import { differingMembers, type Fingerprint, type KeptFingerprint } from "./idempotency.ts";
import type { PaymentRecord } from "./payment.ts";

export const PERSONAL = ["user_id", "description", "metadata"] as const;
/** Members without a value are absent. */
export type Personal = Partial<Pick<PaymentRecord, (typeof PERSONAL)[number]>>;

const isPersonal = (name: string): name is (typeof PERSONAL)[number] =>
  PERSONAL.some((personal) => personal === name);

/** True when the answer's text has a member that is personal, or the place of one. */
const namesPersonal = (answer: string): boolean => PERSONAL.some((name) => answer.includes(`"${name}":`));

/** Rewrites the personal members of an answer; undefined takes one out. */
function rewritten(answer: string, value: (name: (typeof PERSONAL)[number], stood: unknown) => unknown) {
  if (!namesPersonal(answer)) return answer;
  const members = Object.entries(JSON.parse(answer) as object);
  // Members keep their places, so that an answer that is whole again has the same bytes.
  return JSON.stringify(
    Object.fromEntries(members.map(([name, stood]) => [name, isPersonal(name) ? value(name, stood) : stood])),
  );
}

/** The answer with null, which no answer of ours holds, in the place of what is personal. */
export const withoutPersonal = (answer: string): string => rewritten(answer, () => null);

/** True when something is left out of the kept answer. */
export const isIncomplete = (kept: string): boolean =>
  namesPersonal(kept) &&
  Object.entries(JSON.parse(kept) as object).some(([name, stood]) => isPersonal(name) && stood === null);

/** The answer whole again; what was erased meanwhile is absent. */
export const withPersonal = (kept: string, personal: Personal): string =>
  rewritten(kept, (name, stood) => stood ?? personal[name]);

/** The answer for good without what is personal, however it was kept. */
export const erasedAnswer = (kept: string): string => rewritten(kept, () => undefined);

/**
 * Without the hashes that say what was erased to whoever guesses it: of the members, and of the
 * whole body, whose other members are known.
 */
export const erasedFingerprint = ({ members }: KeptFingerprint): KeptFingerprint => ({
  members: Object.fromEntries(Object.entries(members).filter(([name]) => !isPersonal(name))),
});

/**
 * The members in which a request differs from the first one of its key, sorted. What was erased of
 * the first one cannot be compared, and is not.
 */
export const differencesFrom = (first: KeptFingerprint, now: Fingerprint): string[] =>
  differingMembers(first, first.body === undefined ? erasedFingerprint(now) : now);

/** True when the request is the first one again. */
export const isSameBody = (first: KeptFingerprint, now: Fingerprint): boolean =>
  first.body === undefined ? differencesFrom(first, now).length === 0 : first.body === now.body;
