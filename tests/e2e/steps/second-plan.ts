// A plan right after an apply, and after payments: whatever it would change is what the root does
// not say.
import { claim } from "../../proofs/lib/claims.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { Root } from "../lib/root.ts";
import type { World } from "../lib/world.ts";

export const secondPlan = ({ root, workspaces }: World): Proof => ({
  claim: "the second plan says No changes",
  stack: "none",
  async run({ figure }) {
    for (const { name } of workspaces) {
      await claimNoChanges(root, name);
      figure(name, "No changes");
    }
  },
});

/** Claims that Terraform would change nothing in the workspace. */
export async function claimNoChanges(root: Root, workspace: string): Promise<void> {
  const { code, printed } = await root.plan(workspace);
  claim.equal("a plan succeeds", code, 0, `${workspace}:\n${changesIn(printed)}`);
  const isSame = /^No changes\./m.test(printed);
  claim.equal("a plan changes nothing", isSame, true, `${workspace}: ${printed.slice(-400)}`);
}

/** What a plan would do, without what it refreshed before. */
const changesIn = (printed: string): string =>
  printed
    .split("\n")
    .filter((line) => !/: (Refreshing state|Reading|Read complete)/.test(line))
    .join("\n");
