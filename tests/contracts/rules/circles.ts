// Circles of imports: modules that can only be read together. An import of types counts too:
// whoever reads one of them has to read the other.
import { importsOf, type Source } from "./source-tree.ts";

/** Each circle among the sources, its paths in order of the alphabet: `a.ts, b.ts`. */
export function circlesIn(sources: readonly Source[]): string[] {
  const known = new Set(sources.map(({ path }) => path));
  const targets = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ target }) => (known.has(target) ? [target] : [])),
    ]),
  );
  return circlesOf(targets);
}

/** The same of any graph: whatever reaches something that reaches it back. */
export function circlesOf(targets: ReadonlyMap<string, readonly string[]>): string[] {
  const reached = new Map([...targets.keys()].map((name) => [name, reachedFrom(name, targets)]));
  const circles = [...reached].flatMap(([name, found]) => {
    if (!found.has(name)) return [];
    const others = [...found].filter((other) => reached.get(other)?.has(name));
    return [[...new Set([name, ...others])].sort().join(", ")];
  });
  return [...new Set(circles)].sort();
}

/** Everything that can be reached in one step or more. */
function reachedFrom(name: string, targets: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const waiting = [...(targets.get(name) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(targets.get(next) ?? []));
  }
  return found;
}
