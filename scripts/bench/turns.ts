// Trees are measured in turns, A B A B, so that what else the machine does meets both. Of the turns
// the middle one stands.
import type { Tree } from "./trees.ts";

/** What was measured, of the tree before, where there is one, and of this one. */
export type Both<T> = { before?: T; after: T };

export async function byTurns<T>(
  trees: readonly Tree[],
  turns: number,
  measure: (tree: Tree, turn: number) => Promise<T>,
): Promise<Both<T>> {
  const measured = new Map<Tree["name"], T[]>(trees.map(({ name }) => [name, []]));
  for (let turn = 1; turn <= turns; turn++)
    for (const tree of trees) measured.get(tree.name)?.push(await measure(tree, turn));
  const middle = (name: Tree["name"]): T | undefined => {
    const all = measured.get(name);
    return all === undefined ? undefined : (middleOf(all) as T);
  };
  const before = middle("before");
  return { ...(before === undefined ? {} : { before }), after: middle("after") as T };
}

/** Number by number the median, of an even count the lower one. Other values are the first's. */
export function middleOf(all: readonly unknown[]): unknown {
  const [first] = all;
  if (typeof first === "number")
    return (all as number[]).toSorted((one, other) => one - other)[Math.floor((all.length - 1) / 2)];
  if (typeof first !== "object" || first === null) return first;
  const names = new Set(all.flatMap((one) => Object.keys(one as object)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = all.map((one) => (one as Record<string, unknown>)[name]);
      // A counter that a turn never touched is zero there.
      const isCount = values.some((value) => typeof value === "number");
      return [name, middleOf(isCount ? values.map((value) => value ?? 0) : values)];
    }),
  );
}
