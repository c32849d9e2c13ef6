// `make iam`: prints who may do what, writes docs/iam.md and docs/deploy-rights.md, and exits with
// 1 when a function's right is missing, unused or against a rule.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { committedPlans, withChoices } from "../plan/plans.ts";
import { examples } from "../plan/rights.ts";
import { rightsPage } from "../plan/rights-page.ts";
import { beyondWorkspace } from "../plan/walls.ts";
import { committedWorkspaces, planOf, planOfBootstrap } from "../support/terraform-plan.ts";
import { factsOf, pageOf, policiesIn, reviewOf, terminalTable } from "./index.ts";

const root = join(import.meta.dirname, "../..");
const review = reviewOf(factsOf(root, planOf(root)));
console.log(terminalTable(review));
const wrong = Object.values(review.differences).some(
  ({ missing, unused }) => missing.length + unused.length > 0,
);
if (wrong || review.broken.length > 0) process.exitCode = 1;
else {
  const workspaces = committedWorkspaces(root);
  const plans = withChoices(root, committedPlans(root));
  writeFileSync(join(root, "docs/iam.md"), pageOf(review));
  const [first = ""] = workspaces;
  const deploys = policiesIn(planOfBootstrap(root))
    .filter(({ address }) => address.startsWith("aws_iam_policy.access") && address.includes(`-${first}"`))
    .flatMap(({ statements }) => statements);
  const beyond = beyondWorkspace(deploys, first);
  writeFileSync(join(root, "docs/deploy-rights.md"), rightsPage(examples(plans), workspaces, beyond));
}
