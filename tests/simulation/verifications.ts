// The integrity queue as an invocation reaches it: what is queued comes to verify-integrity as late
// as was asked for, and the queue may take nothing. Beside it what mutants neglect of closing.
import type { PaymentEvent } from "../../functions/lib/contracts/event-types.ts";
import type { LedgerStore } from "../../functions/lib/ports/ledger-store.ts";
import type { VerificationQueue } from "../../functions/lib/ports/verification-queue.ts";
import { type Invocation, isCalm, latency, type Run } from "./invocation.ts";
import { over } from "./mutants.ts";
import type { World } from "./world.ts";

export const verificationsOf = (
  run: Run,
  by: Invocation,
  receive: (event: PaymentEvent) => void,
): VerificationQueue => ({
  enqueue: (event, delaySeconds = 0) =>
    by.request<boolean>((answer) => {
      const isTaken = isCalm(run) || !run.random.chance(run.plan.store.odds.unavailable);
      if (isTaken) run.schedule.in(delaySeconds * 1000 + latency(run), () => receive(event));
      answer(20, (resolve) => resolve(isTaken));
    }),
});

/** The ledger as whoever closes payments sees it: a mutant takes every journal for folded. */
export const seenAtClosing = (world: World, ledger: LedgerStore): LedgerStore =>
  world.neglects("the mark at closing")
    ? over(ledger, {
        posted: async (ids) => {
          const journals = [...(await ledger.posted(ids))];
          return new Map(journals.map(([id, journal]) => [id, { ...journal, folded: true }]));
        },
      })
    : ledger;

type BookPorts = { ledger: LedgerStore; verifications: VerificationQueue };

/** What the sweep does by these ports: a mutant does nothing, and takes it for done. */
export const booksOf = (world: World, { ledger, verifications }: BookPorts): BookPorts => ({
  ledger: world.neglects("the sweep's fold") ? over(ledger, { fold: async () => 0 }) : ledger,
  verifications: world.neglects("the second verification") ? { enqueue: async () => true } : verifications,
});
