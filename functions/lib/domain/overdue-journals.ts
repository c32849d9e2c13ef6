// Journals that should be in the balances. A fold takes a second or two, so a journal that is still
// outside of them after a minute was left out: its stream's record is stuck, or was given up.
import type { Rail } from "../contracts/types.ts";
import type { PaymentRecord } from "./payment.ts";
import type { Saga } from "./saga.ts";
import { type PostingFunction, SAGA_OF, type Step } from "./saga-definition.ts";

/** So long the fold is waited for. */
const FOLDED_WITHIN_MS = 60_000;

/** True for a journal outside of the balances that nobody waits for any more. */
export const isOverdue = (
  { posted_at }: { posted_at: string },
  clock: { ago(milliseconds: number): number },
): boolean => Date.parse(posted_at) < clock.ago(FOLDED_WITHIN_MS);

/**
 * The functions that posted a journal of a payment, by what it shows: each posts in the transaction
 * that shows it. The undo of a provider's operation may have posted none, where there was nothing
 * to take back.
 */
export const postersIn =
  ({ steps }: Saga) =>
  (payment: PaymentRecord): string[] =>
    steps
      .filter(({ journals }) => journals)
      .flatMap(({ step, result, undo }) => [
        ...(payment[result as keyof PaymentRecord] === undefined ? [] : [step]),
        ...(undo && payment.marks.undone[step as Step] !== undefined ? [undo] : []),
      ]);

const POSTERS: Record<Rail, (payment: PaymentRecord) => string[]> = {
  card: postersIn(SAGA_OF.card),
  stablecoin: postersIn(SAGA_OF.stablecoin),
};
export const postersOf = (payment: PaymentRecord) => POSTERS[payment.rail](payment) as PostingFunction[];
