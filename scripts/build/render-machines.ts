// The state machines: statemachines/<name>.asl.yaml, rendered to the JSON that Step Functions runs.
// All code reads them by `machinesOf`. Terraform reads dist/statemachines/<name>.asl.json, which
// `make build` writes.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { BuildFailed, writeWhole } from "./output.ts";

const SOURCE = ".asl.yaml";
const RENDERED = ".asl.json";
/** A list stands on one line up to this width, in characters. */
const WIDTH = 110;

/** Every machine of the repository at `root`: its name and its JSON. Throws BuildFailed. */
export function machinesOf(root: string): Map<string, string> {
  const files = readdirSync(join(root, "statemachines")).filter((file) => file.endsWith(SOURCE));
  return new Map(
    files.sort().map((file) => {
      const path = `statemachines/${file}`;
      return [file.slice(0, -SOURCE.length), render(path, readFileSync(join(root, path), "utf8"))];
    }),
  );
}

/**
 * Writes the machines to dist/statemachines/, removes all others there, and returns the names of
 * its files. What another build is writing there has a name of its own, and stays. Throws
 * BuildFailed.
 */
export function renderMachines(root: string): string[] {
  const machines = machinesOf(root);
  const folder = join(root, "dist", "statemachines");
  for (const [name, text] of machines) writeWhole(join(folder, `${name}${RENDERED}`), Buffer.from(text));
  const written = [...machines.keys()].map((name) => `${name}${RENDERED}`);
  const gone = readdirSync(folder).filter((file) => file.endsWith(RENDERED) && !written.includes(file));
  for (const file of gone) rmSync(join(folder, file), { force: true });
  return written;
}

/**
 * The YAML `text` as JSON in the same order. Throws BuildFailed with each mistake's path and line.
 */
export function render(path: string, text: string): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, lineCounter: lines, prettyErrors: false });
  const mistakes = mistakesIn(document, text).map(
    ({ at, says }) => `${path}:${lines.linePos(at).line}: ${says}`,
  );
  if (mistakes.length > 0) throw new BuildFailed(mistakes.join("\n"));
  return `${jsonOf(document.toJS({ maxAliasCount: -1, reviver: spread }))}\n`;
}

/**
 * `[UndoRefused, *doubt]` becomes one list of names. YAML cannot join lists. ASL allows no list
 * inside ErrorEquals, so an inner list can mean nothing else.
 */
const spread = (key: unknown, value: unknown): unknown =>
  key === "ErrorEquals" && Array.isArray(value) ? value.flat() : value;

type Mistake = { at: number; says: string };

function mistakesIn(document: Document.Parsed, text: string): Mistake[] {
  const tab = text.indexOf("\t");
  if (tab >= 0) return [{ at: tab, says: "a tab: indent with spaces" }];
  const found = [...document.errors, ...document.warnings].map(({ code, message, pos: [at] }): Mistake => {
    const [key] = /^[^\s:]+/.exec(text.slice(at)) ?? [];
    return { at, says: code === "DUPLICATE_KEY" ? `${key} stands twice in one map` : message };
  });
  return found.length > 0 ? found : mistakenNamesIn(document);
}

/**
 * Wrong names. Of two equal anchors the parser takes the nearest. It reports the other wrong names
 * without a line.
 */
function mistakenNamesIn(document: Document.Parsed): Mistake[] {
  const found: Mistake[] = [];
  const anchors = new Map<string, unknown>();
  const say = (node: unknown, says: string): void => {
    found.push({ at: isNode(node) ? (node.range?.[0] ?? 0) : 0, says });
  };
  visit(document, {
    Value: (_, node) => {
      if (node.anchor && anchors.has(node.anchor)) say(node, `&${node.anchor} names two things`);
      if (node.anchor) anchors.set(node.anchor, node);
    },
    Alias: (_, alias) => {
      if (!anchors.has(alias.source)) say(alias, `*${alias.source} names nothing above it`);
    },
    Pair: (_, { key, value }) => {
      const isMerge = isScalar(key) && key.source === "<<";
      const merged = isAlias(value) ? (anchors.get(value.source) ?? value) : value;
      if (isMerge && !isMap(merged) && !isAlias(merged)) say(value, "<< takes in a map and nothing else");
    },
  });
  return found;
}

/** One field per line, indented by two. A list of plain values stands on one line where it fits. */
function jsonOf(value: unknown, indent = "", taken = 0): string {
  const isList = Array.isArray(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const parts = Object.entries(value).map(([key, item]) => {
    const name = isList ? "" : `${JSON.stringify(key)}: `;
    return `${name}${jsonOf(item, inner, inner.length + name.length)}`;
  });
  const [open, close] = isList ? "[]" : "{}";
  const line = `${open}${parts.join(", ")}${close}`;
  const isPlain = isList && value.every((item) => typeof item !== "object");
  if (parts.length === 0 || (isPlain && taken + line.length < WIDTH)) return line;
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}
