// A deploy, functions first and then machines: a machine's new version may call what only new functions do. Every part does nothing
// where its work is done, so that a deploy that died is simply run again.

import { changesOf } from "./change.ts";
import type { Deployment } from "./deployment.ts";
import { endCanaries } from "./end-canaries.ts";
import type { Release } from "./release.ts";
import { tryFunctions } from "./try-functions.ts";
import { CanaryFailed, LOOK_EVERY_SECONDS, TRIAL_PERCENT, type World } from "./world.ts";

/** Moves everything to the release; throws CanaryFailed, with nothing taken back yet. */
export async function moveForward(deployment: Deployment, release: Release, world: World): Promise<void> {
  await moveFunctions(deployment, release, world);
  await moveMachines(deployment, release, world);
}

/** Steps and consumers at once, then those that answer routes: what the API accepts, the steps must know already. */
async function moveFunctions(deployment: Deployment, release: Release, world: World): Promise<void> {
  const { functions, canary_minutes } = deployment;
  if (canary_minutes === 0) await endCanaries(deployment, world);
  const changes = await changesOf(functions, release.functions, (target) => world.readFunction(target));
  const isTried = ({ target }: (typeof changes)[number]) => target.canary !== null && canary_minutes > 0;
  const atOnce = changes.filter((change) => !isTried(change));
  for (const { name, target, from, to } of atOnce.sort(
    (a, b) => Number(a.target.routed) - Number(b.target.routed),
  )) {
    await world.moveFunction(target, to);
    world.say(`${name}: ${from} → ${to}`);
  }
  await tryFunctions(changes.filter(isTried), canary_minutes, world);
}

async function moveMachines(deployment: Deployment, release: Release, world: World): Promise<void> {
  const { machines, canary_minutes, alarms } = deployment;
  const changes = await changesOf(machines, release.machines, (target) => world.readMachine(target));
  const tried = canary_minutes > 0 ? changes.filter(({ from, to }) => from !== to) : [];
  for (const { name, target, from, to } of tried) {
    await world.routeMachine(target, from, { version: to, percent: TRIAL_PERCENT });
    world.say(`${name}: ${from} → ${to}, ${TRIAL_PERCENT} % of new executions for ${canary_minutes} min`);
  }
  if (tried.length > 0) await watch(alarms, canary_minutes * 60, world);
  for (const { name, target, from, to } of changes) {
    await world.routeMachine(target, to);
    world.say(`${name}: ${from} → ${to}, all new executions`);
  }
}

/** Throws CanaryFailed as soon as an alarm is red. */
async function watch(alarms: string[], seconds: number, world: World): Promise<void> {
  for (let waited = 0; waited < seconds; waited += LOOK_EVERY_SECONDS) {
    await world.wait(LOOK_EVERY_SECONDS);
    const red = await world.redAlarms(alarms);
    if (red.length > 0) throw new CanaryFailed(`red: ${red.join(", ")}`);
  }
}
