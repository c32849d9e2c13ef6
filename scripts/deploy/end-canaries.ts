// Ends what CodeDeploy is doing. We must not move an alias that it is moving.

import { LOOK_EVERY_SECONDS, type World } from "./aws-port.ts";
import type { Deployment } from "./deployment.ts";

/**
 * Seconds. CodeDeploy takes a stopped canary back within seconds; after this time
 * something is wrong.
 */
const SETTLED_WITHIN_SECONDS = 600;

export async function endCanaries({ functions }: Deployment, world: World): Promise<void> {
  const tried = Object.values(functions).filter(({ canary }) => canary !== null);
  for (let waited = 0; waited <= SETTLED_WITHIN_SECONDS; waited += LOOK_EVERY_SECONDS) {
    const running: string[] = [];
    for (const target of tried) running.push(...(await world.runningCanaries(target)));
    if (running.length === 0) return;
    for (const id of running) await world.stopCanary(id);
    await world.wait(LOOK_EVERY_SECONDS);
  }
  throw new Error(
    `CodeDeploy did not end its deployments within ${SETTLED_WITHIN_SECONDS} s: run the rollback again`,
  );
}
