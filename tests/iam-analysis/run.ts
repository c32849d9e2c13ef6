// `make iam`: prints who may do what, writes docs/iam.md, and exits with 1 when a right is missing,
// unused or against a rule.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { planOf } from "../support/terraform-plan.ts";
import { factsOf, pageOf, reviewOf, terminalTable } from "./index.ts";

const root = join(import.meta.dirname, "../..");
const review = reviewOf(factsOf(root, planOf(root)));
console.log(terminalTable(review));
const wrong = Object.values(review.differences).some(
  ({ missing, unused }) => missing.length + unused.length > 0,
);
if (wrong || review.broken.length > 0) process.exitCode = 1;
else writeFileSync(join(root, "docs/iam.md"), pageOf(review));
