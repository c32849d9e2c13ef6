// `terraform apply` in every workspace, from nothing.
import { claim } from "../../proofs/lib/claims.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

export const apply = ({ root, workspaces }: World): Proof => ({
  claim: "everything is built by one apply per workspace, and answers",
  stack: "none",
  async run({ figure }) {
    // In turn: the emulator answers 500 to a function that it has made while a log group comes to
    // be, and to try again is a conflict.
    for (const { name } of workspaces) {
      const started = performance.now();
      await root.change(name, "apply");
      figure(`${name}: applied in, s`, Math.round((performance.now() - started) / 1000));
      figure(`${name}: resources`, (await root.resources(name)).size);
    }
    for (const { name, client } of workspaces) {
      const { status, text } = await client.request("GET", "/health");
      claim.equal("what was applied answers", status, 200, `${name}: ${text}`);
    }
  },
});
