// `terraform apply` in every workspace, from nothing, at once.
import type { Proof } from "../../proofs/lib/proof.ts";
import { assert } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

export const apply = ({ root, workspaces }: World): Proof => ({
  claim: "everything is built by one apply per workspace, and answers",
  stack: "none",
  async run({ figure }) {
    await Promise.all(
      workspaces.map(async ({ name }) => {
        const started = performance.now();
        await root.change(name, "apply");
        const seconds = Math.round((performance.now() - started) / 1000);
        figure(`${name}: applied in, s`, seconds);
        figure(`${name}: resources`, (await root.resources(name)).size);
      }),
    );
    for (const { name, client } of workspaces) {
      const { status, text } = await client.request("GET", "/health");
      assert.equal(status, 200, `${name}: ${text}`);
    }
  },
});
