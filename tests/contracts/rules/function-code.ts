// A function's own code and the declarations of functions/lib/saga that it uses, as one text. A
// file of functions/lib/saga serves several steps, so that only what a step reaches by name counts.
import { dirname, posix } from "node:path";
import { codeOf, filesBelow, type Source, textOf } from "./source-tree.ts";

/** A declaration of a file in functions/lib/saga. */
type Part = { path: string; name: string };

const SHARED = "functions/lib/saga/";
const IMPORTED = /^import\s+\{([^}]*)\}\s+from\s+"([^"]+)"/gm;
const DECLARED = /^(?:export )?(?:async )?(?:function|const|class|type) (\w+)/gm;

/** What the source imports by name, types left out, from the files that steps share. */
function importedBy({ path, text }: Source): Part[] {
  return [...codeOf(text).matchAll(IMPORTED)].flatMap(([, names = "", from = ""]) => {
    const target = posix.join(dirname(path), from);
    if (!target.startsWith(SHARED)) return [];
    const values = names.split(",").map((name) => name.trim());
    return values
      .filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => ({ path: target, name }));
  });
}

/** The code of each declaration at the top level of the text, by name. */
function declarationsIn(text: string): Map<string, string> {
  const code = codeOf(text);
  const found = [...code.matchAll(DECLARED)].map(({ 1: name = "", index }) => ({ name, index }));
  return new Map(found.map(({ name, index }, n) => [name, code.slice(index, found[n + 1]?.index)]));
}

/**
 * The code of the parts, and of what they use in turn; `known` are the parts that were read before.
 */
function codeOfParts(parts: Part[], known = new Map<string, string>()): Map<string, string> {
  for (const { path, name } of parts) {
    const id = `${path} ${name}`;
    if (known.has(id)) continue;
    const text = textOf(path);
    const declarations = declarationsIn(text);
    const code = declarations.get(name) ?? "";
    known.set(id, code);
    const beside = [...declarations.keys()].map((other) => ({ path, name: other }));
    const used = [...beside, ...importedBy({ path, text })].filter(({ name: other }) =>
      new RegExp(`\\b${other}\\b`).test(code),
    );
    codeOfParts(used, known);
  }
  return known;
}

export function codeOfFunction(name: string): string {
  const own = filesBelow(`functions/${name}`, /\.ts$/).map((path) => ({ path, text: textOf(path) }));
  const shared = codeOfParts(own.flatMap(importedBy));
  return [...own.map(({ text }) => codeOf(text)), ...shared.values()].join("\n");
}
