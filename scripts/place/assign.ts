// Places a merchant. The directory decides once and for life where it lives. Only its promised rate
// may change.
import type { Cell } from "../../functions/lib/contracts/types.ts";
import {
  cellFor,
  isSameMerchant,
  type Placement,
  type PlacementRequest,
  placementError,
} from "../../functions/lib/domain/cell-placement.ts";
import type { Clock } from "../../functions/lib/ports/clock.ts";
import type { Directory } from "../../functions/lib/ports/directory.ts";

type Ports = { directory: Directory; clock: Clock };

/**
 * Each try loses to somebody who was placed meanwhile. People place merchants, so ten losses in a
 * row mean a defect.
 */
const TRIES = 10;

/**
 * The merchant's placement: a new one, or the existing one with the requested rate. Throws a
 * sentence for a person when that is impossible; nothing was written then.
 */
export async function placeMerchant(
  { directory, clock }: Ports,
  cells: readonly Cell[],
  wish: PlacementRequest,
): Promise<Placement> {
  const wrong = placementError(wish) ?? (await wrongParent(directory, wish));
  if (wrong) throw new Error(wrong);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const placed = await directory.find(wish.merchant_id);
    const placement = placed
      ? await resized(directory, cells, placed, wish)
      : await placedAnew(directory, cells, wish, clock.now());
    if (placement) return placement;
  }
  throw new Error(`${wish.merchant_id} could not be placed in ${TRIES} tries; try again`);
}

/** Undefined when somebody else was faster. */
async function placedAnew(
  directory: Directory,
  cells: readonly Cell[],
  wish: PlacementRequest,
  now: number,
): Promise<Placement | undefined> {
  const cell = cellFor(wish.rate_per_second, cells, await directory.commitments());
  if (!cell) throw new Error(noRoom(wish, cells));
  const placement = { ...wish, cell: cell.name, placed_at: new Date(now).toISOString() };
  const outcome = await directory.record(placement, cell.capacity_per_second);
  return outcome === "recorded" ? placement : undefined;
}

/**
 * A merchant grows and shrinks where it lives, also in a closed cell. Undefined when its rate
 * changed meanwhile.
 */
async function resized(
  directory: Directory,
  cells: readonly Cell[],
  placed: Placement,
  wish: PlacementRequest,
): Promise<Placement | undefined> {
  const { merchant_id, cell, rate_per_second, parent } = placed;
  if (!isSameMerchant(placed, wish))
    throw new Error(
      `${merchant_id} lives in ${cell} ${parent ? `as a part of ${parent}` : "as a whole"}, for life`,
    );
  if (wish.rate_per_second === rate_per_second) return placed;
  const capacity = cells.find(({ name }) => name === cell)?.capacity_per_second ?? 0;
  const outcome = await directory.resize(placed, wish.rate_per_second, capacity);
  if (outcome === "full")
    throw new Error(
      `${cell} has no room for ${wish.rate_per_second} payments per second: split ${merchant_id}`,
    );
  return outcome === "resized" ? { ...placed, rate_per_second: wish.rate_per_second } : undefined;
}

/**
 * Why the parent is refused. Parts of parts would need a walk through the directory
 * for one merchant.
 */
async function wrongParent(directory: Directory, { parent }: PlacementRequest): Promise<string | undefined> {
  const whole = parent === undefined ? undefined : await directory.find(parent);
  return whole?.parent && `${parent} is a part of ${whole.parent} itself`;
}

function noRoom({ merchant_id, rate_per_second }: PlacementRequest, cells: readonly Cell[]): string {
  const largest = Math.max(...cells.map(({ capacity_per_second }) => capacity_per_second));
  return rate_per_second > largest
    ? `no cell is large enough for ${rate_per_second} payments per second: split ${merchant_id} into merchants of their own`
    : `no open cell has room for ${rate_per_second} payments per second: add a cell`;
}
