// The way back, at once and without a canary. Machines go first: no new execution may begin on a
// version that calls what the functions are about to lose. Running executions stay on their
// version. What the earlier release did not have stays as it is. What no longer exists is printed
// and left out.
import { changesOf } from "./alias-changes.ts";
import type { World } from "./aws-port.ts";
import type { Deployment } from "./deployment.ts";
import { endCanaries } from "./end-canaries.ts";
import type { Release } from "./release.ts";

export async function moveBack(deployment: Deployment, release: Release, world: World): Promise<void> {
  const { functions, machines } = deployment;
  for (const name of Object.keys({ ...release.machines, ...release.functions })) {
    if (!machines[name] && !functions[name]) world.say(`${name}: exists no longer`);
  }
  const routes = await changesOf(machines, release.machines, (target) => world.readMachine(target));
  for (const { name, target, from, to } of routes) {
    await world.routeMachine(target, to);
    world.say(`${name}: ${from} → ${to}`);
  }
  await endCanaries(deployment, world);
  const moves = await changesOf(functions, release.functions, (target) => world.readFunction(target));
  // The API before the steps: it must accept nothing that they no longer know.
  for (const { name, target, from, to } of moves.sort(
    (a, b) => Number(b.target.routed) - Number(a.target.routed),
  )) {
    await world.moveFunction(target, to);
    world.say(`${name}: ${from} → ${to}`);
  }
}
