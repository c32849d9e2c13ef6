// A workspace keeps the footprint that it was made with: each is asked to become the other.
import { claim } from "../../proofs/lib/claims.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

const KEYS = { full: 4, small: 1 };

export const footprint = ({ root, workspaces }: World): Proof => ({
  claim: "a footprint is chosen once",
  stack: "none",
  async run({ figure }) {
    for (const { name, footprint: own } of workspaces) {
      const made = [...(await root.resources(name)).keys()];
      const keys = made.filter((address) => address.startsWith("aws_kms_key."));
      claim.equal("a footprint has its keys and no others", keys.length, KEYS[own], keys);
      const other = own === "full" ? "small" : "full";
      const { code, printed } = await root.plan(name, [`-var=footprint=${other}`]);
      claim.equal("another footprint is refused", code, 1, printed.slice(-400));
      const said = printed.replace(/[\s│]+/g, " ").includes(`was made with footprint = "${own}"`);
      claim.equal("the refusal says which one the workspace has", said, true, printed.slice(-1_000));
      figure(`${name}: ${own}, keys`, keys.length);
    }
  },
});
