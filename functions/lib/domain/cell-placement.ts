// Where merchants live. A cell is a whole Contra of its own. A merchant is placed in one cell, and
// stays there for life: a payment's id is a hash of merchant and key, so in a second cell the same
// request would be a second payment.
import type { Cell } from "../contracts/types.ts";
import { isMerchantId } from "./accounts.ts";

/**
 * What a new merchant asks for. `parent` is the merchant it belongs to, if one cell is too small.
 */
export type PlacementRequest = { merchant_id: string; rate_per_second: number; parent?: string };
export type Placement = PlacementRequest & { cell: string; placed_at: string };

/** What is promised to merchants by cell, in payments per second; no entry, nothing. */
export type Commitments = ReadonlyMap<string, number>;

/**
 * The cell for a new merchant. Of the open cells with room it is the one that is least full once
 * the merchant is in it; of equals, the first by name. Undefined when no cell has room. A merchant
 * is placed only once, so a new cell moves nobody.
 */
export function cellFor(rate: number, cells: readonly Cell[], committed: Commitments): Cell | undefined {
  const after = (cell: Cell): number => (committed.get(cell.name) ?? 0) + rate;
  return cells
    .filter((cell) => cell.state === "open" && after(cell) <= cell.capacity_per_second)
    .sort(
      (one, other) =>
        // after/capacity, compared without a fraction
        after(one) * other.capacity_per_second - after(other) * one.capacity_per_second ||
        (one.name < other.name ? -1 : 1),
    )[0];
}

/** What is wrong with a request, as a sentence; undefined when nothing is. */
export function placementError({
  merchant_id,
  rate_per_second,
  parent,
}: PlacementRequest): string | undefined {
  if (!isMerchantId(merchant_id)) return `${merchant_id} is no merchant id`;
  if (parent !== undefined && !isMerchantId(parent)) return `${parent} is no merchant id`;
  if (parent === merchant_id) return `${merchant_id} cannot be a part of itself`;
  if (!Number.isInteger(rate_per_second) || rate_per_second < 1)
    return "the rate must be a whole number of payments per second, at least 1";
  return undefined;
}

/**
 * True when the request names the parent that the merchant was placed with. Only its rate may
 * change.
 */
export const isSameMerchant = (placed: Placement, wish: PlacementRequest): boolean =>
  placed.parent === wish.parent;

/** The merchant's route. Only the merchant tells it: a payment's id says nothing about a cell. */
export function routeOf({ cell }: Placement, cells: readonly Cell[]): string {
  const home = cells.find(({ name }) => name === cell);
  if (!home) throw new Error(`merchants live in ${cell}, which the list of cells does not name`);
  return home.base_url;
}
