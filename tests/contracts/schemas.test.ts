// Schemas speak to people: each rule that its keyword does not explain has words.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { violations } from "../../functions/lib/contracts/contract.ts";
import * as contracts from "../../functions/lib/contracts/schemas.ts";
import { wordless } from "./rules/schema-rules.ts";

type Schema = { title: string; $defs?: object };
const root = join(import.meta.dirname, "..", "..", "schemas");
const schemas = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".json"))
  .map((file): [string, Schema] => [file, JSON.parse(readFileSync(join(root, file), "utf8"))]);
/** Nobody sends these: they are files of this repository, and tests check them. */
const OWN_FILES = ["internal/manifest.json", "internal/cells.json"];
const sent = new Map(schemas.filter(([file]) => !OWN_FILES.includes(file)));

describe("a pattern of a schema", () => {
  it("has words beside it", () => {
    expect(wordless(sent)).toEqual([]);
  });

  it("is missed without them", () => {
    const schema = { properties: { code: { type: "string", pattern: "^x$" }, pattern: { type: "string" } } };
    expect(wordless(new Map([["a.json", schema]]))).toEqual(["a.json#/properties/code"]);
  });
});

describe("what is wrong with a body", () => {
  const bodies = Object.values(contracts);
  const WRONG = [{}, [], "", "x", 7, 0.5, -1, null, true, { a: { b: [1] } }, ["x"]];
  const namesIn = (value: unknown): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)])
      : [];
  const names = [...new Set([...sent.values()].flatMap(namesIn))];

  it.each(bodies)("is said in words, and never by a pattern: $title", (contract) => {
    const tried = [
      ...WRONG,
      ...WRONG.flatMap((value) => [
        Object.fromEntries(names.map((name) => [name, value])),
        { operation: Object.fromEntries(names.map((name) => [name, value])) },
        { data: Object.fromEntries(names.map((name) => [name, value])) },
        { learned: Object.fromEntries(names.map((name) => [name, value])) },
      ]),
    ];
    const said = new Set(tried.flatMap((value) => violations(contract, value)).map(({ detail }) => detail));
    expect(said.size).toBeGreaterThan(0);
    for (const sentence of said) {
      expect(sentence).not.toMatch(/\^|\\|pattern|undefined|is invalid|\[object/);
      expect(sentence).toMatch(/^(must (be|have) |is required$|is not a known field$|has a name that must )/);
    }
  });
});
