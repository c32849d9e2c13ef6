// Whoever comes and whatever cells are added: every merchant has one cell and keeps it, and no cell
// promises more than it has.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Cell } from "../../functions/lib/contracts/types.ts";
import { cellFor, type Placement, routeOf } from "../../functions/lib/domain/cell-placement.ts";
import { placeMerchant } from "../../scripts/place/assign.ts";
import { ManualClock } from "../support/memory/manual-clock.ts";
import { MemoryDirectory } from "../support/memory/memory-directory.ts";

const cell = (index: number, capacity: number, state: Cell["state"] = "open"): Cell => ({
  name: `cell-${index}`,
  base_url: `https://cell-${index}.example`,
  state,
  quotas: "defaults",
  capacity_per_second: capacity,
});

type Step =
  | { what: "come"; rate: number }
  | { what: "grow"; rate: number }
  | { what: "add"; capacity: number }
  | { what: "close" };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ what: fc.constant("come" as const), rate: fc.integer({ min: 1, max: 60 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant("grow" as const), rate: fc.integer({ min: 1, max: 200 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("add" as const), capacity: fc.integer({ min: 20, max: 300 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("close" as const) }) },
);
const histories = fc.array(step, { minLength: 1, maxLength: 60 });

/** Cells and merchants, and what became of each step. */
class World {
  readonly directory = new MemoryDirectory();
  readonly placed = new Map<string, Placement>();
  readonly cells = [cell(0, 100)];

  async play(step: Step, serial: number): Promise<void> {
    if (step.what === "add") this.cells.push(cell(this.cells.length, step.capacity));
    else if (step.what === "close") this.close();
    else if (step.what === "grow") await this.grow(step.rate, serial);
    else await this.come(step.rate, serial);
  }

  place(merchant_id: string, rate_per_second: number): Promise<Placement> {
    const ports = { directory: this.directory, clock: new ManualClock() };
    return placeMerchant(ports, this.cells, { merchant_id, rate_per_second });
  }

  private close(): void {
    const open = this.cells.findIndex(({ state }) => state === "open");
    if (open >= 0) this.cells[open] = { ...(this.cells[open] as Cell), state: "closed" };
  }

  /** Not everybody finds room. */
  private async come(rate: number, serial: number): Promise<void> {
    const placement = await this.place(`m${serial}`, rate).catch(() => undefined);
    if (!placement) return;
    expect(this.cells.find(({ name }) => name === placement.cell)?.state).toBe("open");
    this.placed.set(placement.merchant_id, placement);
  }

  private async grow(rate: number, serial: number): Promise<void> {
    const before = [...this.placed.values()][serial % Math.max(1, this.placed.size)];
    if (!before) return;
    const after = await this.place(before.merchant_id, rate).catch(() => before);
    expect(after.cell).toBe(before.cell);
    this.placed.set(before.merchant_id, after);
  }
}

/** Plays a history; `seen` looks at the world after each step. */
async function play(history: Step[], seen: (world: World) => Promise<void>): Promise<void> {
  const world = new World();
  for (const [serial, step] of history.entries()) {
    await world.play(step, serial);
    await seen(world);
  }
}

describe("merchants and cells, whoever comes and whatever is added", () => {
  it("every merchant has one cell, and the same one for ever", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        await play(history, async (world) => {
          const { cells, placed } = world;
          for (const [id, first] of placed) {
            expect(await world.place(id, first.rate_per_second)).toEqual(first);
            expect(routeOf(first, cells)).toBe(`https://${first.cell}.example`);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it("no cell promises more than its capacity, and promises add up to what was placed", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        await play(history, async ({ cells, placed, directory }) => {
          const committed = await directory.commitments();
          for (const { name, capacity_per_second } of cells) {
            const rates = [...placed.values()].filter((one) => one.cell === name);
            const promised = rates.reduce((sum, { rate_per_second }) => sum + rate_per_second, 0);
            expect(committed.get(name) ?? 0).toBe(promised);
            expect(promised).toBeLessThanOrEqual(capacity_per_second);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it("a merchant is turned away only when no open cell has room", async () => {
    const rates = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 60 }), (taken, rate) => {
        const cells = [cell(0, 100), cell(1, 200), cell(2, 300, "closed")];
        const committed = new Map<string, number>();
        for (const one of taken) {
          const home = cellFor(one, cells, committed);
          if (home) committed.set(home.name, (committed.get(home.name) ?? 0) + one);
        }
        const room = cells.some(
          ({ name, state, capacity_per_second }) =>
            state === "open" && (committed.get(name) ?? 0) + rate <= capacity_per_second,
        );
        expect(cellFor(rate, cells, committed) !== undefined).toBe(room);
      }),
    );
  });

  it("equal merchants fill equal cells evenly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 60 }), (count, merchants) => {
        const cells = Array.from({ length: count }, (_, index) => cell(index, 1000));
        const committed = new Map(cells.map(({ name }) => [name, 0]));
        for (let merchant = 0; merchant < merchants; merchant++) {
          const home = cellFor(5, cells, committed) as Cell;
          committed.set(home.name, (committed.get(home.name) ?? 0) + 5);
        }
        const loads = [...committed.values()];
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(5);
      }),
    );
  });
});
