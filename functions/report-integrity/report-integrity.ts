// The integrity report: does the ledger balance, and over which journals.
import type { Clock } from "../lib/ports/clock.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";

type Ports = { ledger: LedgerStore; clock: Clock };

/** Totals are decimal strings of minor units; `balanced` demands zero in every currency over a settled reading. */
export const reportIntegrity =
  ({ ledger, clock }: Ports) =>
  async () => {
    const { journals, settled, totals } = await ledger.trialBalance();
    return {
      generated_at: new Date(clock.now()).toISOString(),
      trial_balance: {
        balanced: settled && totals.every(({ total }) => total === 0n),
        settled,
        journals_covered: journals,
        currencies: totals.map(({ currency, total }) => ({ currency, total: String(total) })),
      },
    };
  };
