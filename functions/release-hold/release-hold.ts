// Undoes AuthorizeConversion: the source account gets exactly its funds back. The tombstone comes
// first, so that a late AuthorizeConversion cannot hold any more.
import type { SagaInput } from "../lib/contracts/types.ts";
import { releasedJournal } from "../lib/domain/conversion-journals.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { openEffectOf } from "../lib/domain/open-effects.ts";
import { isDone } from "../lib/domain/payment.ts";
import { InvariantBroken } from "../lib/errors/registry.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";

const UNDOES = "authorize-conversion";
export const throws = ["Superseded", "StoreContention", "StoreUnavailable"] as const;

export type Ports = { payments: PaymentStore; quotes: QuoteStore };

export const releaseHold =
  ({ payments, quotes }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const { payment } = await payments.mark(payment_id, "tombstone", UNDOES, guard);
    if (!isDone(payment, UNDOES)) return;
    const standing = openEffectOf(payment, UNDOES);
    if (standing) throw new InvariantBroken(`the hold is not released: ${standing}`);
    const quote = await quoteOf(quotes, payment);
    const released = releasedJournal(payment, quote);
    const { source_amount, currency } = quote;
    await payments.commit(payment, {
      guard,
      step: "release-hold",
      status: "PROCESSING",
      changes: {},
      event: {
        type: "payment.hold_released",
        data: { journal_id: released.journal_id, amount: Number(source_amount), currency },
      },
      journals: [released],
      achieves: { undone: UNDOES },
      // After a refused purchase nothing is sold back: nobody else would take it off the list.
      leavesTransit: true,
    });
  };
