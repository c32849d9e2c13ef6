// How sagas get started: StartExecution, which may be throttled or answer too late, and the start
// queue behind it.
import type { SagaStarter } from "../../functions/lib/ports/saga-starter.ts";
import { startSaga } from "../../functions/start-saga/start-saga.ts";
import { type Invocation, isCalm, latency } from "./invocation.ts";
import type { World } from "./world.ts";

const VISIBILITY_MS = 300_000;
/** Then the message is a dead letter, and the sweep finds the payment. */
const MOST_RECEIVES = 3;

export class Starts {
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  starterOf(by: Invocation): SagaStarter {
    const { run, engine } = this.world;
    const { schedule, random, plan, trace } = run;
    return {
      start: (_, paymentId, execution = paymentId) =>
        by.request<boolean>((answer) => {
          const throttled = !isCalm(run) && random.chance(plan.lambda.throttle * 3);
          const lost = !isCalm(run) && random.chance(plan.store.odds.lost);
          if (throttled) trace.fault(schedule.now, by.name, "StartExecution is throttled", "start throttled");
          else schedule.in(latency(run), () => engine.start(execution));
          answer(50, (resolve) => resolve(!throttled && !lost));
        }),
      enqueue: (paymentId, delaySeconds = 0, execution?: string) =>
        by.request<boolean>((answer) => {
          const taken = isCalm(run) || !random.chance(plan.store.odds.unavailable);
          if (taken)
            schedule.in(delaySeconds * 1000 + latency(run), () => this.receiveStart(paymentId, execution, 1));
          answer(20, (resolve) => resolve(taken));
        }),
    };
  }

  private receiveStart(paymentId: string, execution: string | undefined, receive: number): void {
    const { world } = this;
    const again = () => {
      if (receive < MOST_RECEIVES)
        world.run.schedule.in(VISIBILITY_MS, () => this.receiveStart(paymentId, execution, receive + 1));
    };
    world.invoke(
      "start-saga",
      (by) =>
        startSaga({
          payments: world.storeOf(by),
          sagas: this.starterOf(by),
          ...world.gate,
          clock: by.clock,
        })(paymentId, execution),
      again,
    );
  }
}
