// A function's own code and the parts of functions/lib/saga that it uses, as one text.
import { codeOf, filesBelow, importsOf, type Source, textOf } from "./source-tree.ts";

/** The parts of functions/lib/saga that the sources use, and the parts that those use. */
function sagaPartsOf(sources: Source[], known: string[] = []): string[] {
  const used = sources
    .flatMap(importsOf)
    .filter(({ target, typeOnly }) => !typeOnly && target.startsWith("functions/lib/saga/"))
    .map(({ target }) => target);
  const fresh = [...new Set(used)].filter((path) => !known.includes(path));
  if (fresh.length === 0) return known;
  return sagaPartsOf(
    fresh.map((path) => ({ path, text: textOf(path) })),
    [...known, ...fresh],
  );
}

export function codeOfFunction(name: string): string {
  const own = filesBelow(`functions/${name}`, /\.ts$/).map((path) => ({ path, text: textOf(path) }));
  const shared = sagaPartsOf(own).map(textOf);
  return [...own.map(({ text }) => text), ...shared].map(codeOf).join("\n");
}
