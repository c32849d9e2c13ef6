// The error registry is the contract between steps, machines and clients: literal names, one class
// per fact, none unlisted.
import { describe, expect, it } from "@jest/globals";
import { ContraError, kindOf, PLATFORM_ERRORS, REGISTRY } from "../../functions/lib/errors/registry.ts";
import { codeOf, sourcesBelow } from "./rules/source-tree.ts";

const FOLDER = "functions/lib/errors";
/** A provider has errors of its own, which never leave it. */
const SANDBOX = "functions/lib/sandbox";
const registry = codeOf(
  sourcesBelow(FOLDER)
    .map(({ text }) => text)
    .join("\n"),
);
const DECLARED = /export class (\w+) extends \w+ \{\s*override readonly name = "(\w+)";/g;

/** Classes whose literal name is another than their own. */
const misnamed = (code: string): string[] =>
  [...code.matchAll(DECLARED)]
    .filter(([, name, literal]) => name !== literal)
    .map(([, name]) => String(name));

describe("the error registry", () => {
  it("gives every class its own name as a literal", () => {
    expect(misnamed(registry)).toEqual([]);
    expect(
      misnamed('export class CardDeclined extends ContraError { override readonly name = "Declined";'),
    ).toEqual(["CardDeclined"]);
  });

  it("lists every leaf class that it declares, and no other", () => {
    const leaves = [...registry.matchAll(/export class (\w+) extends/g)].map(([, name]) => String(name));
    expect([...registry.matchAll(DECLARED)].map(([, name]) => String(name))).toEqual(leaves);
    expect(Object.keys(REGISTRY).sort()).toEqual(leaves.sort());
  });

  it.each(Object.entries(REGISTRY))("knows %s by its name and its kind", (name, Leaf) => {
    const error = new Leaf("why");
    expect(error).toBeInstanceOf(ContraError);
    expect(error.name).toBe(name);
    expect(error.message).toBe("why");
    expect(kindOf(name)).toBe(error.kind);
  });

  it("shares no name with the platform's errors", () => {
    const platform: string[] = Object.values(PLATFORM_ERRORS).flat();
    expect(platform.filter((name) => name in REGISTRY)).toEqual([]);
    expect(new Set(platform).size).toBe(platform.length);
  });

  it("is the only place where an error class is declared", () => {
    const elsewhere = sourcesBelow("functions").filter(
      ({ path, text }) =>
        !path.startsWith(`${FOLDER}/`) &&
        !path.startsWith(`${SANDBOX}/`) &&
        /class \w+ extends \w*Error\b/.test(codeOf(text)),
    );
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });
});
