// A minute at 6,000 payments per second, simulated with AWS's throttles: nothing is lost, and
// docs/capacity.md says what came of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { simulationTable } from "../../scripts/capacity/page.ts";
import type { Outcome } from "../../scripts/capacity/simulation/cell.ts";
import { SCENARIOS, type Scenario, SEED, simulateFleet } from "../../scripts/capacity/simulation/fleet.ts";
import { withTables } from "../../scripts/lib/markdown.ts";
import { claim } from "./lib/claims.ts";
import type { Proof } from "./lib/proof.ts";

const PAGE = join(import.meta.dirname, "../../docs/capacity.md");

export const proof: Proof = {
  claim:
    "a minute at 6,000 payments per second loses no payment, in fair weather and in a storm of throttles",
  stack: "none",
  async run({ sized, scale, figure }) {
    // A storm that begins at second 20 needs its minute; a small run is a small part of the cells.
    const results = SCENARIOS.map((scenario): [Scenario, Outcome] => {
      const cells = Math.min(scenario.cells, sized(scenario.cells));
      return [scenario, simulateFleet({ ...scenario, cells }, SEED)];
    });
    for (const [{ name }, { accepted, queued, deadLetters, lost, drained }] of results) {
      figure(name, `${accepted} accepted, ${queued} queued, drained after ${Math.ceil(drained)} s`);
      claim.equal("no payment is lost", { deadLetters, lost }, { deadLetters: 0, lost: 0 }, name);
    }
    if (scale < 1) return;
    const page = readFileSync(PAGE, "utf8");
    const written = withTables(page, { minute: simulationTable(results) });
    const about = "make capacity PAGE=docs/capacity.md writes it";
    claim.equal("docs/capacity.md says what came of this minute", written === page, true, about);
  },
};
