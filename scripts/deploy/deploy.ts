// Deploy and rollback. First the record gets the phase, then the traffic moves, then every alias is
// checked, then the record gets the result. Both may run twice, also after a run that died.

import { CanaryFailed, type World } from "./aws-port.ts";
import { type Deployment, publishedBy } from "./deployment.ts";
import { demandPublishedCode } from "./published-code.ts";
import {
  deployed,
  deploying,
  destinationOf,
  goingBack,
  goneBack,
  isSame,
  NoWayBack,
  type Release,
} from "./release.ts";
import { moveForward } from "./roll-forward.ts";
import { moveBack } from "./rollback.ts";

/** Thrown after a canary failed. What the sentence lists was done. */
export class WentBack extends Error {
  override readonly name = "WentBack";
}

/**
 * Moves all traffic to what the last apply published. When a canary fails or an alarm turns red, it
 * takes everything back and throws WentBack. Throws CodeNotPublished before it moves anything.
 * `atOnce` skips the canary and the watch: it is for a fix of what makes the alarms red.
 */
export async function deploy(applied: Deployment, world: World, atOnce = false): Promise<void> {
  const deployment = atOnce ? { ...applied, canary_minutes: 0 } : applied;
  const release = publishedBy(deployment);
  if (deployment.canary_minutes > 0) await demandQuiet(deployment.alarms, world);
  await demandPublishedCode(deployment, world);
  const record = deploying(await world.readRecord());
  await world.writeRecord(record);
  try {
    const unproven = record.stable !== undefined && !isSame(record.stable, release);
    await moveForward(deployment, release, unproven, world);
  } catch (error) {
    if (!(error instanceof CanaryFailed)) throw error;
    world.say(`${error.message}: going back`);
    await rollbackOf(error, applied, world);
  }
  await prove(deployment, release, world);
  await world.writeRecord(deployed(record, release));
}

/**
 * Refuses to begin while an alarm is red: it would take back every canary, whatever the
 * new code does.
 */
async function demandQuiet(alarms: string[], world: World): Promise<void> {
  const red = await world.redAlarms(alarms);
  if (red.length > 0) {
    throw new Error(
      `nothing was moved, these alarms are red already: ${red.join(", ")} (AT_ONCE=1, in GitHub the input at_once, deploys a fix without a canary)`,
    );
  }
}

async function rollbackOf(cause: CanaryFailed, deployment: Deployment, world: World): Promise<never> {
  try {
    await rollback(deployment, world);
  } catch (error) {
    if (!(error instanceof NoWayBack)) throw error;
    throw new Error(`${cause.message}; ${error.message}, so the new versions stay where they are`, { cause });
  }
  throw new WentBack(`${cause.message}. All traffic is back on the release before.`, { cause });
}

/**
 * Leaves the deploy that did not end; without one, leaves the release that runs. Throws NoWayBack.
 */
export async function rollback(deployment: Deployment, world: World): Promise<void> {
  const record = goingBack(await world.readRecord());
  await world.writeRecord(record);
  await moveBack(deployment, destinationOf(record), world);
  await prove(deployment, destinationOf(record), world);
  await world.writeRecord(goneBack(record));
}

/** Throws with the names of all aliases that do not lead where the release says. */
async function prove({ functions, machines }: Deployment, release: Release, world: World): Promise<void> {
  const astray: string[] = [];
  const judge = (name: string, wanted: string, { version, also }: { version: string; also?: string }) => {
    if (version !== wanted || also !== undefined)
      astray.push(`${name} is on ${version}${also ? ` and ${also}` : ""}, not ${wanted}`);
  };
  for (const [name, wanted] of Object.entries(release.functions)) {
    const target = functions[name];
    if (target) judge(name, wanted, await world.readFunction(target));
  }
  for (const [name, wanted] of Object.entries(release.machines)) {
    const target = machines[name];
    if (target) judge(name, wanted, await world.readMachine(target));
  }
  if (astray.length > 0) throw new Error(`not where they should be: ${astray.join("; ")}`);
}
