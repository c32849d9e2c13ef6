// A deploy: functions first and then machines, because a machine's new version may call what only
// new functions do. Every part does nothing when its work is done, so a deploy that died is simply
// run again. Whatever moved is watched for `canary_minutes`.
import { type Change, changesOf } from "./alias-changes.ts";
import { CanaryFailed, LOOK_EVERY_SECONDS, TRIAL_PERCENT, type World } from "./aws-port.ts";
import { tryFunctions } from "./canary-functions.ts";
import type { DeployedFunction, Deployment } from "./deployment.ts";
import { endCanaries } from "./end-canaries.ts";
import type { Release } from "./release.ts";

/**
 * Moves everything to the release. Throws CanaryFailed, and takes nothing back itself. `unproven`:
 * a deploy of this release began before and did not end, so what it moved is watched again.
 */
export async function moveForward(
  deployment: Deployment,
  release: Release,
  unproven: boolean,
  world: World,
): Promise<void> {
  const { functions, canary_minutes, alarms } = deployment;
  if (canary_minutes === 0) await endCanaries(deployment, world);
  const changes = await changesOf(functions, release.functions, (target) => world.readFunction(target));
  const isTried = ({ target }: Change<DeployedFunction>) => target.canary !== null && canary_minutes > 0;
  const atOnce = changes.filter((change) => !isTried(change));
  await moveAtOnce(atOnce, world);
  // CodeDeploy watches a function's own alarm and the API's. The steps moved above need
  // the other alarms.
  const tried = await tryFunctions(changes.filter(isTried), canary_minutes, world, () =>
    demandGreen(alarms, world),
  );
  const routed = await moveMachines(deployment, release, world);
  const watched = tried + routed > 0;
  if (!watched && (unproven || atOnce.length > 0) && canary_minutes > 0) {
    world.say(`the rollback alarms are watched for ${canary_minutes} min`);
    await watch(alarms, canary_minutes, world);
  }
}

/**
 * Moves steps and consumers first, then the functions that answer routes: the steps must know
 * already what the API accepts.
 */
async function moveAtOnce(changes: Change<DeployedFunction>[], world: World): Promise<void> {
  for (const { name, target, from, to } of changes.sort(
    (a, b) => Number(a.target.routed) - Number(b.target.routed),
  )) {
    await world.moveFunction(target, to);
    world.say(`${name}: ${from} → ${to}`);
  }
}

/** Returns how many were tried, and so were watched. */
async function moveMachines(deployment: Deployment, release: Release, world: World): Promise<number> {
  const { machines, canary_minutes, alarms } = deployment;
  const changes = await changesOf(machines, release.machines, (target) => world.readMachine(target));
  const tried = canary_minutes > 0 ? changes.filter(({ from, to }) => from !== to) : [];
  for (const { name, target, from, to } of tried) {
    await world.routeMachine(target, from, { version: to, percent: TRIAL_PERCENT });
    world.say(`${name}: ${from} → ${to}, ${TRIAL_PERCENT} % of new executions for ${canary_minutes} min`);
  }
  if (tried.length > 0) await watch(alarms, canary_minutes, world);
  for (const { name, target, from, to } of changes) {
    await world.routeMachine(target, to);
    world.say(`${name}: ${from} → ${to}, all new executions`);
  }
  return tried.length;
}

async function watch(alarms: string[], minutes: number, world: World): Promise<void> {
  for (let waited = 0; waited < minutes * 60; waited += LOOK_EVERY_SECONDS) {
    await world.wait(LOOK_EVERY_SECONDS);
    await demandGreen(alarms, world);
  }
}

/** Throws CanaryFailed when an alarm is red. */
async function demandGreen(alarms: string[], world: World): Promise<void> {
  const red = await world.redAlarms(alarms);
  if (red.length > 0) throw new CanaryFailed(`red: ${red.join(", ")}`);
}
