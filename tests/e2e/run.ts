// `make e2e`: applies the root to an AWS endpoint, runs the suite through the applied API, and
// destroys it again. Prints a table per step and exits with 1 unless every one of them holds.
import { Client } from "../proofs/lib/client.ts";
import { type Proof, prove } from "../proofs/lib/proof.ts";
import { interrupt, resume } from "./lib/children.ts";
import { type Cloud, startEmulator, whyNoEmulator } from "./lib/cloud.ts";
import { Issuer } from "./lib/issuer.ts";
import { readSettings, type Settings, whyNot } from "./lib/settings.ts";
import { World } from "./lib/world.ts";
import { apply } from "./steps/apply.ts";
import { destroy } from "./steps/destroy.ts";
import { interpreters } from "./steps/interpreters.ts";
import { stepOf, wanted } from "./steps.ts";

const settings = readSettings();
const reason = whyNot(settings) ?? (settings.endpoint ? undefined : whyNoEmulator());
if (reason) console.log(`e2e is left out: ${reason}`);
// Not only the exit code: a step that was given up may still be waiting for something.
else process.exit(await main(settings));

async function main(given: Settings): Promise<number> {
  const interruption = new Promise<"interrupted">((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        interrupt();
        resolve("interrupted");
      });
    }
    // A bug of ours, and no reason to leave an emulator behind.
    process.once("unhandledRejection", (error) => {
      console.error(error);
      interrupt();
      resolve("interrupted");
    });
  });
  const issuer = await Issuer.create();
  const cloud = await reach(given, issuer);
  let world: World | undefined;
  try {
    world = new World(given, cloud, issuer);
    const ended = await Promise.race([runSteps(world), interruption]);
    if (ended !== "interrupted") return ended;
    console.log("\ninterrupted: what was begun is taken back");
    resume();
    // An emulator of our own forgets everything when it ends.
    if (given.endpoint) await prove("destroy", destroy(world), new Client(""), given.scale);
    return 130;
  } finally {
    await world?.remove();
    await cloud.stop();
  }
}

async function reach({ endpoint, emulator = "" }: Settings, issuer: Issuer): Promise<Cloud> {
  if (!endpoint) return startEmulator(emulator, issuer);
  return { endpoint, verifiesTokens: false, log: () => "", stop: async () => undefined };
}

type Print = (line: string) => void;

async function runSteps(world: World): Promise<number> {
  const started = performance.now();
  /** Each with the claim that failed first. */
  const failed: string[] = [];
  const names = wanted(world.settings);
  const step = async (
    name: string,
    proof: Proof,
    client = new Client(""),
    print?: Print,
  ): Promise<boolean> => {
    const first = await prove(name, proof, client, world.settings.scale, print);
    if (first !== undefined) failed.push(`${name}: ${first}`);
    return first === undefined;
  };
  await world.prepare();
  // Meanwhile: an apply is mostly waiting, and the machines need nothing of it.
  const lines: string[] = [];
  const compared = step("interpreters", interpreters(world), undefined, (line) => lines.push(line));
  const isApplied = await step("apply", apply(world));
  await compared;
  console.log(lines.join("\n"));
  if (isApplied) {
    for (const name of names) {
      const proof = await stepOf(name, world);
      if (proof) await step(name, proof, world.first.client);
    }
  }
  // Whatever came before: an endpoint that is not ours must not keep anything.
  await step("destroy", destroy(world));
  const seconds = Math.round((performance.now() - started) / 1000);
  if (failed.length > 0) console.log(world.cloud.log());
  console.log(
    failed.length === 0
      ? `\ne2e holds, in ${seconds} s`
      : `\nFAILED:\n${failed.map((line) => `  ${line}`).join("\n")}`,
  );
  return failed.length === 0 ? 0 : 1;
}
