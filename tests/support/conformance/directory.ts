// What every directory keeps: one cell per merchant, for life, and no cell that promised more than
// it has.
import { describe, expect, it } from "@jest/globals";
import type { Placement } from "../../../functions/lib/domain/cell-placement.ts";
import type { Directory } from "../../../functions/lib/ports/directory.ts";

const placement = (merchant_id: string, cell: string, rate_per_second: number): Placement => ({
  merchant_id,
  rate_per_second,
  cell,
  placed_at: "2026-11-25T00:00:00.000Z",
});

/**
 * `empty` gives a directory without merchants; it may share its store with others, if not their
 * cells' names.
 */
export function describeDirectory(kind: string, empty: () => Directory): void {
  let serial = 0;
  const fresh = () => ({ directory: empty(), cell: `cell-${kind}-${++serial}`, id: `${kind}-${serial}` });

  describe(`a directory in ${kind}`, () => {
    it("finds what was recorded, and nothing else", async () => {
      const { directory, cell, id } = fresh();
      const part = { ...placement(id, cell, 7), parent: "acme" };
      expect(await directory.record(part, 10)).toBe("recorded");
      expect(await directory.find(id)).toEqual(part);
      expect(await directory.find(`${id}-other`)).toBeUndefined();
      expect((await directory.commitments()).get(cell)).toBe(7);
    });

    it("keeps a merchant where it is, whatever is recorded later", async () => {
      const { directory, cell, id } = fresh();
      await directory.record(placement(id, cell, 3), 10);
      const later = { ...placement(id, `${cell}-b`, 3), placed_at: "2026-11-26T00:00:00.000Z" };
      expect(await directory.record(later, 10)).toBe("taken");
      expect((await directory.find(id))?.cell).toBe(cell);
      expect((await directory.commitments()).get(`${cell}-b`)).toBeUndefined();
    });

    it("says of a placed merchant that it is, though its cell is full as well", async () => {
      const { directory, cell, id } = fresh();
      const placed = placement(id, cell, 10);
      await directory.record(placed, 10);
      expect(await directory.record(placed, 10)).toBe("taken");
      expect(await directory.resize({ ...placed, rate_per_second: 9 }, 10, 10)).toBe("outrun");
    });

    it("fills a cell to its capacity, and not by one beyond", async () => {
      const { directory, cell, id } = fresh();
      expect(await directory.record(placement(`${id}-1`, cell, 6), 10)).toBe("recorded");
      expect(await directory.record(placement(`${id}-2`, cell, 5), 10)).toBe("full");
      expect(await directory.find(`${id}-2`)).toBeUndefined();
      expect(await directory.record(placement(`${id}-3`, cell, 4), 10)).toBe("recorded");
      expect((await directory.commitments()).get(cell)).toBe(10);
    });

    it("refuses a first merchant that is larger than the cell", async () => {
      const { directory, cell, id } = fresh();
      expect(await directory.record(placement(id, cell, 11), 10)).toBe("full");
      expect(await directory.find(id)).toBeUndefined();
    });

    it("promises no more than there is to merchants who come at once", async () => {
      const { directory, cell, id } = fresh();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => directory.record(placement(`${id}-${index}`, cell, 3), 10)),
      );
      expect(answers.filter((answer) => answer === "recorded")).toHaveLength(3);
      expect((await directory.commitments()).get(cell)).toBe(9);
    });

    it("places one who comes twice at once in one cell, counted once", async () => {
      const { directory, cell, id } = fresh();
      const answers = await Promise.all([
        directory.record(placement(id, cell, 2), 10),
        directory.record(placement(id, `${cell}-b`, 2), 10),
      ]);
      expect(answers.sort()).toEqual(["recorded", "taken"]);
      const committed = await directory.commitments();
      expect((committed.get(cell) ?? 0) + (committed.get(`${cell}-b`) ?? 0)).toBe(2);
    });

    it("changes a merchant's rate where it lives, up to the cell's capacity and down again", async () => {
      const { directory, cell, id } = fresh();
      const placed = placement(id, cell, 4);
      await directory.record(placed, 10);
      expect(await directory.resize(placed, 11, 10)).toBe("full");
      expect(await directory.find(id)).toEqual(placed);
      expect(await directory.resize(placed, 10, 10)).toBe("resized");
      expect(await directory.find(id)).toEqual({ ...placed, rate_per_second: 10 });
      expect(await directory.resize({ ...placed, rate_per_second: 10 }, 1, 10)).toBe("resized");
      expect((await directory.commitments()).get(cell)).toBe(1);
    });

    it("lets a merchant shrink in a cell that has promised more than it now has", async () => {
      const { directory, cell, id } = fresh();
      const placed = placement(id, cell, 9);
      await directory.record(placed, 10);
      expect(await directory.resize(placed, 8, 5)).toBe("resized");
      expect((await directory.commitments()).get(cell)).toBe(8);
    });

    it("changes a rate once when two ask from the same rate at once", async () => {
      const { directory, cell, id } = fresh();
      const placed = placement(id, cell, 2);
      await directory.record(placed, 10);
      const answers = await Promise.all([directory.resize(placed, 5, 10), directory.resize(placed, 5, 10)]);
      expect(answers.sort()).toEqual(["outrun", "resized"]);
      expect((await directory.commitments()).get(cell)).toBe(5);
    });

    it("changes nothing for a merchant that was never placed", async () => {
      const { directory, cell, id } = fresh();
      expect(await directory.resize(placement(id, cell, 2), 5, 10)).toBe("outrun");
      expect((await directory.commitments()).get(cell)).toBeUndefined();
    });
  });
}
