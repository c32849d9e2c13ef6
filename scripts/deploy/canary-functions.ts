// Moves the functions that answer routes, through CodeDeploy: a tenth of the traffic first, while
// the group's alarms watch.
import type { Change } from "./alias-changes.ts";
import { CanaryFailed, LOOK_EVERY_SECONDS, TRIAL_PERCENT, type World } from "./aws-port.ts";
import type { DeployedFunction } from "./deployment.ts";

/** Seconds for CodeDeploy's own work before and after the canary, and for its way back. */
const SLACK_SECONDS = 900;

/**
 * Runs all canaries at the same time. Returns how many there were. Calls `look` at each turn of
 * waiting. Throws CanaryFailed for the first canary that fails, and what `look` throws. The others
 * still run then; going back ends them.
 */
export async function tryFunctions(
  changes: Change<DeployedFunction>[],
  minutes: number,
  world: World,
  look: () => Promise<void>,
): Promise<number> {
  const seconds = minutes * 60 + SLACK_SECONDS;
  const started: { name: string; id: string }[] = [];
  for (const change of changes) {
    const id = await startOne(change, seconds, world);
    if (id) started.push({ name: change.name, id });
  }
  for (const { name, id } of started) {
    const failure = await failureOf(id, seconds, world, look);
    if (failure) throw new CanaryFailed(`${name}: ${failure}`);
    world.say(`${name}: has all traffic`);
  }
  return started.length;
}

/** The canary's id; undefined when nothing is left to try. */
async function startOne(
  { name, target, to }: Change<DeployedFunction>,
  seconds: number,
  world: World,
): Promise<string | undefined> {
  // A deploy that died leaves its canary running. CodeDeploy ends it without us, forward or
  // back.
  for (const id of await world.runningCanaries(target)) {
    world.say(`${name}: an earlier canary still runs`);
    await failureOf(id, seconds, world);
  }
  const { version: from, also } = await world.readFunction(target);
  // CodeDeploy begins only when one version has all the traffic.
  if (also !== undefined) await world.moveFunction(target, from);
  if (from === to) return undefined;
  world.say(`${name}: ${from} → ${to}, ${TRIAL_PERCENT} % of its traffic first`);
  return world.startCanary(target, from, to);
}

/** Why a canary failed; undefined when it did not fail. */
async function failureOf(
  id: string,
  seconds: number,
  world: World,
  look: () => Promise<void> = async () => undefined,
): Promise<string | undefined> {
  for (let waited = 0; waited <= seconds; waited += LOOK_EVERY_SECONDS) {
    const { state, detail } = await world.canaryState(id);
    if (state === "succeeded") return undefined;
    if (state === "failed") return detail;
    await world.wait(LOOK_EVERY_SECONDS);
    await look();
  }
  return `${id} did not end within ${seconds} s`;
}
