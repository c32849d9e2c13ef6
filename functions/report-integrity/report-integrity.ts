// The integrity report: does the ledger balance, and over which journals; and what was found and is not settled yet.
import type { Clock } from "../lib/ports/clock.ts";
import type { FindingStore } from "../lib/ports/finding-store.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";

type Ports = { ledger: LedgerStore; findings: Pick<FindingStore, "listOpen">; clock: Clock };

/** Who has more than this reads the alarm, not the list. */
const MOST = 100;

/** Totals are decimal strings of minor units; `balanced` demands zero in every currency over a settled reading. */
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
