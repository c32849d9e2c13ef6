// `make capacity`: what a cell may promise, how many cells 6,000 payments per second take, how a
// minute of them goes when AWS throttles, and what it costs. PAGE=<file> also writes the tables
// into a page. Exits with 1 when a quota is short or a payment is lost.
import { readFileSync, writeFileSync } from "node:fs";
import { RAILS } from "./capacity/costs.ts";
import { rateOf, shortages } from "./capacity/headroom.ts";
import {
  billTable,
  fleetTable,
  headroomTable,
  idleTable,
  simulationTable,
  whyList,
} from "./capacity/page.ts";
import type { Outcome } from "./capacity/simulation/cell.ts";
import { SCENARIOS, type Scenario, SEED, simulateFleet } from "./capacity/simulation/fleet.ts";
import { withTables } from "./lib/markdown.ts";

const results = SCENARIOS.map((scenario): [Scenario, Outcome] => [scenario, simulateFleet(scenario, SEED)]);
const tables = {
  "headroom-defaults": headroomTable("defaults"),
  "headroom-raised": headroomTable("raised"),
  why: whyList(),
  fleet: fleetTable(),
  minute: simulationTable(results),
  bill: billTable(),
  idle: idleTable(),
};
console.log(Object.values(tables).join("\n\n"));

const wrong = [
  ...RAILS.flatMap((rail) => [
    ...shortages("defaults", rail, rateOf("defaults", rail)),
    ...shortages("raised", rail, rateOf("raised", rail)),
  ]),
  ...results.flatMap(([{ name }, { lost, deadLetters }]) =>
    lost + deadLetters > 0 ? [`${name}: ${lost} lost, ${deadLetters} in the dead letters`] : [],
  ),
];
for (const sentence of wrong) console.error(`FAILED: ${sentence}`);
if (wrong.length > 0) process.exitCode = 1;
else if (process.env.PAGE)
  writeFileSync(process.env.PAGE, withTables(readFileSync(process.env.PAGE, "utf8"), tables));
