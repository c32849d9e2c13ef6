// The integrity report: whether the ledger balances and over how many journals, and which findings
// are open.
import type { Clock } from "../lib/ports/clock.ts";
import type { FindingStore } from "../lib/ports/finding-store.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";

type Ports = { ledger: LedgerStore; findings: Pick<FindingStore, "listOpen">; clock: Clock };

/** With more findings than this, a person works from the alarm and not from the list. */
const MOST = 100;

/**
 * Totals are decimal strings of minor units. `balanced` is true only for a settled reading with
 * zero in every currency.
 */
export const reportIntegrity =
  ({ ledger, findings, clock }: Ports) =>
  async () => {
    const open = await findings.listOpen(MOST + 1);
    const { journals, settled, totals } = await ledger.trialBalance();
    return {
      generated_at: new Date(clock.now()).toISOString(),
      trial_balance: {
        balanced: settled && totals.every(({ total }) => total === 0n),
        settled,
        journals_covered: journals,
        currencies: totals.map(({ currency, total }) => ({ currency, total: String(total) })),
      },
      open_findings: { oldest: open.slice(0, MOST), more: open.length > MOST },
    };
  };
