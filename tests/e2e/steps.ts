// What runs between the apply and the destroy, in this order: steps of its own, and proofs of
// tests/proofs against the applied API.
import type { Proof } from "../proofs/lib/proof.ts";
import type { Settings } from "./lib/settings.ts";
import type { World } from "./lib/world.ts";
import { costs } from "./steps/costs.ts";
import { deploy } from "./steps/deploy.ts";
import { faults } from "./steps/faults.ts";
import { footprint } from "./steps/footprint.ts";
import { neighbours } from "./steps/neighbours.ts";
import { ownSandbox } from "./steps/own-sandbox.ts";
import { parked } from "./steps/parked.ts";
import { secondPlan } from "./steps/second-plan.ts";
import { tenants } from "./steps/tenants.ts";

/** Undefined where the world has nothing to show it with. */
type Step = (world: World) => Proof | undefined | Promise<Proof>;

const proofOf =
  (name: string): Step =>
  async () =>
    ((await import(`../proofs/${name}.ts`)) as { proof: Proof }).proof;

/** At a share of its size: the emulator is one process. */
const shareOf =
  (name: string, share: number): Step =>
  async (world) => {
    const proof = (await proofOf(name)(world)) as Proof;
    return {
      ...proof,
      run: (context) => proof.run({ ...context, sized: (full) => context.sized(full * share) }),
    };
  };

const STEPS: Record<string, Step> = {
  seeds: proofOf("seeds"),
  tenants,
  declined: proofOf("declined"),
  "one-key": proofOf("one-key"),
  malformed: shareOf("malformed", 0.1),
  "provider-webhooks": proofOf("provider-webhooks"),
  "two-executions": proofOf("two-executions"),
  "throttled-start": proofOf("throttled-start"),
  "one-quote": proofOf("one-quote"),
  "guarded-account": proofOf("guarded-account"),
  "off-ramp-refused": proofOf("off-ramp-refused"),
  faults,
  parked,
  costs,
  neighbours: (world) => (world.workspaces.length > 1 ? neighbours(world) : undefined),
  "own-sandbox": (world) => (world.workspaces.length > 1 ? ownSandbox(world) : undefined),
  // Before the deploy, which changes what the neighbours were made of.
  "second-plan": secondPlan,
  footprint,
  deploy,
};

/**
 * They take their time: a laptop's stack shows the same, or, as with the deploy, a run of minutes
 * is not for every push.
 */
const FULL_SIZE_ONLY = [
  "declined",
  "one-key",
  "malformed",
  "off-ramp-refused",
  "provider-webhooks",
  "two-executions",
  "throttled-start",
  "guarded-account",
  "costs",
  "footprint",
  "deploy",
];

/** The names of those that this run is to make; throws for one that does not exist. */
export function wanted({ only, scale }: Settings): string[] {
  const names = Object.keys(STEPS);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`no step is called ${unknown.join(", ")}; there are ${names.join(", ")}`);
  if (only.length > 0) return names.filter((name) => only.includes(name));
  return scale >= 1 ? names : names.filter((name) => !FULL_SIZE_ONLY.includes(name));
}

export async function stepOf(name: string, world: World): Promise<Proof | undefined> {
  return STEPS[name]?.(world);
}
