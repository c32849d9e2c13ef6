// The repository's sources as text, and what each of them imports: what the tests of structure
// read.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

export const REPOSITORY = join(import.meta.dirname, "../../..");

/** `path` is relative to the repository, with slashes. */
export type Source = { path: string; text: string };
/** `target` is a path for a relative import, a package's name otherwise. */
export type Import = { target: string; relative: boolean; typeOnly: boolean };

const SKIPPED = /(^|\/)(node_modules|dist|\.terraform|\.contra)(\/|$)/;
/** What is generated from the schemas. */
const GENERATED = ["functions/lib/contracts/schemas.ts", "functions/lib/contracts/types.ts"];

export const textOf = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");
export const jsonOf = <T>(path: string): T => JSON.parse(textOf(path)) as T;

/** The files below a directory whose names end so, generated ones left out. */
export function filesBelow(directory: string, ending: RegExp): string[] {
  return readdirSync(join(REPOSITORY, directory), { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(directory, name))
    .filter((path) => ending.test(path) && !SKIPPED.test(path) && !GENERATED.includes(path))
    .sort();
}

/** The files at the top of the repository whose names match. */
export const filesAtTheTop = (name: RegExp): string[] =>
  readdirSync(REPOSITORY)
    .filter((entry) => name.test(entry))
    .sort();

export const sourcesBelow = (directory: string, ending = /\.(ts|cts|cjs|mjs)$/): Source[] =>
  filesBelow(directory, ending).map((path) => ({ path, text: textOf(path) }));

export const foldersIn = (directory: string): string[] =>
  readdirSync(join(REPOSITORY, directory), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

/** The text without comments, so that a sentence about a thing is not taken for the thing. */
export const codeOf = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");

const FROM = /^(?:import|export)\s+(type\s)?(?:[\w*\s{},$]*?\sfrom\s+)?["']([^"']+)["']/gm;
const CALLED = /(?:\bimport|\brequire)\(\s*["']([^"']+)["']\s*\)/g;

/** Everything that a source imports, statically or by a call. */
export function importsOf({ path, text }: Source): Import[] {
  const code = codeOf(text);
  const found = [
    ...[...code.matchAll(FROM)].map(([, type, from = ""]) => ({ from, typeOnly: type !== undefined })),
    ...[...code.matchAll(CALLED)].map(([, from = ""]) => ({ from, typeOnly: false })),
  ];
  return found.map(({ from, typeOnly }) => {
    const relative = from.startsWith(".");
    return { target: relative ? posix.join(dirname(path), from) : from, relative, typeOnly };
  });
}

/** What `make` can be asked for. */
export const makeTargets = (): Set<string> =>
  new Set(
    [...textOf("Makefile").matchAll(/^([a-z][a-z0-9_ -]*):(?!=)/gm)].flatMap(([, names = ""]) =>
      names.split(" "),
    ),
  );
