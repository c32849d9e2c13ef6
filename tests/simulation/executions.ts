// Step Functions as one invocation reaches it: an answer may be missing, and what it says of an
// execution may be some seconds old.
import { hasFailed } from "../../functions/lib/domain/saga-executions.ts";
import { ServiceUnavailable } from "../../functions/lib/errors/registry.ts";
import type { SagaExecutions } from "../../functions/lib/ports/saga-executions.ts";
import { type Invocation, isCalm } from "./invocation.ts";
import type { World } from "./world.ts";

export function executionsOf({ engine, run }: World, by: Invocation): SagaExecutions {
  const { random, schedule, plan, trace } = run;
  const ask = <T>(effect: () => T): Promise<T> =>
    by.request<T>((answer) => {
      const fails = !isCalm(run) && random.chance(0.05);
      schedule.in(by.pace(), () => {
        const found = effect();
        answer(by.pace(), (resolve, reject) =>
          fails ? reject(new ServiceUnavailable("Step Functions gave no usable answer")) : resolve(found),
        );
      });
    });
  const lateMs = () => (plan.stale_ms === 0 || isCalm(run) ? 0 : random.between(0, plan.stale_ms));
  return {
    describe: (_, name) => ask(() => engine.describe(name, lateMs())),
    lastState: (_, name) => ask(() => engine.executions.get(name)?.state),
    redrive: (_, name) =>
      ask(() => {
        const execution = engine.executions.get(name);
        if (!execution || !hasFailed(execution)) return { refused: "it has not failed" };
        trace.fault(schedule.now, by.name, `redrives ${name}`, "redrive");
        engine.redrive(name);
        return {};
      }),
  };
}
