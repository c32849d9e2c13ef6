// `make idle`: counts what each workspace's plan holds that costs while nobody pays, and writes
// scripts/capacity/idle.json.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { idleTotal } from "../../scripts/capacity/idle.ts";
import { REPOSITORY } from "../contracts/rules/source-tree.ts";
import { planOfWorkspace } from "../support/terraform-plan.ts";
import { heldIn, IDLE_PLANS } from "./idle.ts";

const counted = IDLE_PLANS.map(
  ({ name, workspace, given }) => [name, heldIn(planOfWorkspace(REPOSITORY, workspace, given))] as const,
);
for (const [name, held] of counted) console.log(`${name}: $${idleTotal(held).toFixed(2)} a month`, held);
writeFileSync(
  join(REPOSITORY, "scripts/capacity/idle.json"),
  `${JSON.stringify(Object.fromEntries(counted), null, 2)}\n`,
);
