// Placing a merchant: what is decided, what is refused, and what a second asking changes.
import { describe, expect, it } from "@jest/globals";
import type { Cell } from "../../../../functions/lib/contracts/types.ts";
import { routeOf } from "../../../../functions/lib/domain/cell-placement.ts";
import { placeMerchant } from "../../../../scripts/place/assign.ts";
import { checkedCells, readCells } from "../../../../scripts/place/cell-list.ts";
import { ManualClock } from "../../../support/memory/manual-clock.ts";
import { MemoryDirectory } from "../../../support/memory/memory-directory.ts";

const cell = (name: string, capacity_per_second: number, state: Cell["state"] = "open"): Cell => ({
  name,
  base_url: `https://${name}.example`,
  state,
  quotas: "defaults",
  capacity_per_second,
});
const CELLS = [cell("one", 100), cell("two", 100)];

function world(directory = new MemoryDirectory()) {
  const ports = { directory, clock: new ManualClock() };
  const place = (merchant_id: string, rate_per_second: number, parent?: string, cells = CELLS) =>
    placeMerchant(ports, cells, { merchant_id, rate_per_second, ...(parent ? { parent } : {}) });
  return { directory, place };
}

describe("a new merchant", () => {
  it("goes to the cell that is least full once it is there", async () => {
    const { place } = world();
    expect((await place("m1", 30)).cell).toBe("one");
    expect((await place("m2", 10)).cell).toBe("two");
    expect((await place("m3", 10)).cell).toBe("two");
    expect((await place("m4", 60)).cell).toBe("two");
  });

  it("goes by the share of a cell and not by its payments, where cells differ", async () => {
    const cells = [cell("large", 300), cell("small", 100)];
    const { place } = world();
    expect((await place("m1", 60, undefined, cells)).cell).toBe("large");
    expect((await place("m2", 30, undefined, cells)).cell).toBe("large");
    expect((await place("m3", 30, undefined, cells)).cell).toBe("small");
  });

  it("goes to no closed cell, though it is empty", async () => {
    const { place } = world();
    const cells = [cell("one", 100, "closed"), cell("two", 100)];
    expect((await place("m1", 100, undefined, cells)).cell).toBe("two");
    await expect(place("m2", 1, undefined, cells)).rejects.toThrow("add a cell");
  });

  it("is refused when it is too large for any cell, and asked to split", async () => {
    const { place, directory } = world();
    await expect(place("giant", 101)).rejects.toThrow("split giant into merchants of their own");
    expect(await directory.find("giant")).toBeUndefined();
  });

  it.each([
    ["m/1", 5, undefined, "is no merchant id"],
    ["m1", 0, undefined, "the rate must be"],
    ["m1", 1.5, undefined, "the rate must be"],
    ["m1", Number.NaN, undefined, "the rate must be"],
    ["m1", 5, "m1", "cannot be a part of itself"],
    ["m1", 5, "a b", "is no merchant id"],
  ])("is not placed when it is wished as %p with %p, a part of %p", async (id, rate, parent, why) => {
    const { place, directory } = world();
    await expect(place(id, rate, parent)).rejects.toThrow(why);
    expect(await directory.commitments()).toEqual(new Map());
  });
});

describe("a merchant that was placed", () => {
  it("gets the same answer again, also when its cell has closed and others are empty", async () => {
    const { place } = world();
    const first = await place("m1", 30);
    expect(await place("m1", 30, undefined, [cell("one", 100, "closed"), cell("new", 1000)])).toEqual(first);
  });

  it("grows and shrinks where it lives, in a closed cell too", async () => {
    const { place, directory } = world();
    await place("m1", 30);
    const closed = [cell("one", 100, "closed"), cell("two", 100)];
    expect(await place("m1", 90, undefined, closed)).toMatchObject({ cell: "one", rate_per_second: 90 });
    expect(await place("m1", 10, undefined, closed)).toMatchObject({ cell: "one", rate_per_second: 10 });
    expect(await directory.commitments()).toEqual(new Map([["one", 10]]));
  });

  it("is asked to split when its cell has no room for what it has become, and keeps what it had", async () => {
    const { place, directory } = world();
    const first = await place("m1", 30);
    await expect(place("m1", 101)).rejects.toThrow("one has no room for 101 payments per second: split m1");
    expect(await directory.find("m1")).toEqual(first);
  });

  it("does not become a part of another, nor stop being one", async () => {
    const { place } = world();
    await place("m1", 30);
    await place("m2", 30, "acme");
    await expect(place("m1", 30, "acme")).rejects.toThrow("m1 lives in one as a whole, for life");
    await expect(place("m2", 30)).rejects.toThrow("m2 lives in two as a part of acme, for life");
  });

  it("has a route by its own name alone; a cell that the list forgot is an error, not a guess", async () => {
    const { place } = world();
    const placement = await place("m1", 30);
    expect(routeOf(placement, CELLS)).toBe("https://one.example");
    expect(() => routeOf(placement, [cell("two", 100)])).toThrow("which the list of cells does not name");
  });
});

describe("a merchant in parts", () => {
  it("has each part placed by itself, explicitly", async () => {
    const { place } = world();
    const parts = await Promise.all(["acme-1", "acme-2"].map((id) => place(id, 80, "acme")));
    expect(parts.map(({ cell: name, parent }) => [name, parent])).toEqual([
      ["one", "acme"],
      ["two", "acme"],
    ]);
  });

  it("has no parts of parts", async () => {
    const { place } = world();
    await place("acme-1", 10, "acme");
    await expect(place("acme-1-a", 10, "acme-1")).rejects.toThrow("acme-1 is a part of acme itself");
  });
});

describe("merchants who come at once", () => {
  /** A directory in which somebody else is always a little faster, `rivals` times. */
  class Raced extends MemoryDirectory {
    rivals: number;
    constructor(rivals: number) {
      super();
      this.rivals = rivals;
    }
    override async record(...[placement, capacity]: Parameters<MemoryDirectory["record"]>) {
      if (this.rivals-- > 0)
        await super.record({ ...placement, merchant_id: `rival-${this.rivals}` }, capacity);
      return super.record(placement, capacity);
    }
  }

  it("take each other's room, and the loser looks again", async () => {
    const { place } = world(new Raced(1));
    expect((await place("m1", 60)).cell).toBe("two");
  });

  it("give up with a sentence when that never ends", async () => {
    const cells = Array.from({ length: 20 }, (_, index) => cell(`c${index}`, 60));
    await expect(world(new Raced(99)).place("m1", 60, undefined, cells)).rejects.toThrow("in 10 tries");
  });
});

describe("the list of cells", () => {
  it("keeps its schema", () => {
    expect(readCells().length).toBeGreaterThan(0);
  });

  it.each([
    [[], "must NOT have fewer than 1 items"],
    [[{ ...CELLS[0], state: "draining" }], "must be equal to one of the allowed values"],
    [[{ ...CELLS[0], base_url: "http://one.example" }], "must match pattern"],
    [[CELLS[0], CELLS[0]], "two of them have the name one"],
  ])("is refused as %j", (list, why) => {
    expect(() => checkedCells(list)).toThrow(why);
  });
});
