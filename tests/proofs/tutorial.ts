// The README and the tutorial, followed to the letter: every command runs in one shell, and what it
// prints is what the page promises.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Stack, startStack } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { claim, demand } from "./lib/claims.ts";
import { blocksOf, keepsPromise, type PageBlock, startIn } from "./lib/page-script.ts";
import type { Context, Proof } from "./lib/proof.ts";
import { type Ran, Shell } from "./lib/shell.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Each on a stack and a home of its own. */
const PAGES = ["README.md", "docs/tutorial.md"];
const BLOCK_WITHIN_SECONDS = 600;

export const proof: Proof = {
  claim: "every command of the README and of the tutorial does what the page promises",
  stack: "none",
  async run(context) {
    for (const path of PAGES) await follow(context, path);
  },
};

async function follow({ figure }: Context, path: string): Promise<void> {
  const blocks = blocksOf(readFileSync(join(ROOT, path), "utf8"));
  demand.atLeast("a page has commands", blocks.length, 2, path);
  const home = mkdtempSync(join(tmpdir(), "contra-page-"));
  const shell = new Shell({ CONTRA_HOME: home }, BLOCK_WITHIN_SECONDS);
  let stack: Stack | undefined;
  let promises = 0;
  try {
    for (const block of blocks) {
      const env = startIn(block.command);
      // A block starts a stack where there is none: the one before was killed.
      if (env) stack = await startStack({ home, env: { QUIET: "", ...env } });
      const ran = stack && env ? await greeted(stack) : await shell.run(block.command);
      promises += judged(ran, block, path);
    }
  } finally {
    shell.close();
    await stack?.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 20 });
  }
  figure(`${path}, commands`, blocks.length);
  figure(`${path}, outputs as promised`, promises);
}

/** A stack's first words. It is ready with the first of them. */
async function greeted(stack: Stack): Promise<Ran> {
  await until(() => stack.printed().includes("Ctrl-C"), "the stack has greeted");
  return { status: 0, output: stack.printed(), errors: "" };
}

/** How many promises the block kept. Later blocks need what this one did, so it has to end well. */
function judged({ status, output, errors }: Ran, { command, promised }: PageBlock, path: string): number {
  const about = `${path}:\n${command}`;
  demand.equal("every command ends well", status, 0, `${about}${output}${errors}`);
  if (promised === undefined) return 0;
  const seen = keepsPromise(promised, output) ? promised : output;
  return claim.equal("every command prints what its page shows", seen, promised, about) ? 1 : 0;
}
