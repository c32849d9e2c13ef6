// The way of journals into the balances: the ledger's stream in order, and the function that folds
// them, which may be dead for a while. A batch that failed comes again as a whole. One that failed
// too often is given up, and only the sweep has its journals from then on.
import { isWithin } from "./fault-plan.ts";
import { ledgerOf } from "./ports.ts";
import type { World } from "./world.ts";

/** Journals that came in meanwhile are folded together. */
const LONGEST_BATCHING_MS = 1_000;
const PAUSE_MS = { least: 1_000, most: 60_000 };
/** Fewer than in AWS, so that it happens. */
const MOST_TRIES = 6;

export class Fold {
  private folded = 0;
  private isBusy = false;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** Folds what is new, if anything is. */
  poll(): void {
    if (this.isBusy || this.world.store.journals.size <= this.folded) return;
    this.isBusy = true;
    const { schedule, random } = this.world.run;
    schedule.in(random.between(0, LONGEST_BATCHING_MS), () => this.fold(PAUSE_MS.least));
  }

  private fold(pauseMs: number, tries = 1): void {
    const { world } = this;
    const { schedule, plan, trace } = world.run;
    const journals = [...world.store.journals.values()].slice(this.folded);
    const goOn = () => {
      this.folded += journals.length;
      this.isBusy = false;
      this.poll();
    };
    const again = () => {
      if (tries < MOST_TRIES) {
        schedule.in(pauseMs, () => this.fold(Math.min(pauseMs * 2, PAUSE_MS.most), tries + 1));
        return;
      }
      trace.fault(schedule.now, "the ledger's stream", `gives up on ${journals.length} journals`, "given up");
      goOn();
    };
    world.invoke(
      "fold-balances",
      async (by) => {
        if (isWithin(plan.fold_dead, schedule.now)) {
          trace.fault(schedule.now, by.name, "is dead", "fold dead");
          throw new Error("the fold is dead");
        }
        await ledgerOf(world, by).fold(journals);
        goOn();
      },
      again,
    );
  }
}
