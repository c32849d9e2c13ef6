// A function's bundle holds the adapters that its entry in the manifest calls for, and no others:
// what a member of the wiring costs, only those who name it pay.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stop } from "esbuild";
import { bundleFunctions, readBundles } from "../../scripts/build/build.ts";
import { type Bundle, bundle } from "../../scripts/build/bundle.ts";
import { replacedIn, strangersIn, tablesOf } from "./rules/bundle-rules.ts";
import { copyOf, type FunctionEntry, functionNames, manifest } from "./rules/manifest.ts";
import { REPOSITORY, textOf } from "./rules/source-tree.ts";

const entryOf = (name: string): FunctionEntry => {
  const entry = manifest.functions[name];
  if (!entry) throw new Error(`the manifest has no function ${name}`);
  return entry;
};

let bundles: Map<string, Bundle["inputs"]>;
beforeAll(async () => {
  await bundleFunctions(REPOSITORY);
  bundles = new Map(readBundles(REPOSITORY).map(({ name, inputs }) => [name, inputs]));
});

afterAll(stop);

describe("the bundle of", () => {
  it.each(functionNames)("%s holds no adapter that its manifest does not call for", (name) => {
    expect(strangersIn(bundles.get(name) ?? {}, entryOf(name))).toEqual([]);
  });
});

describe("what functions/lib/replaced/ stands in for", () => {
  it("is in no bundle", () => {
    expect([...bundles.values()].flatMap(replacedIn)).toEqual([]);
    expect([...bundles.values()].some((inputs) => "functions/lib/replaced/cls-hooked.ts" in inputs)).toBe(
      true,
    );
  });

  it.each([
    "cls-hooked/context.js",
    "@aws-sdk/credential-provider-sso/dist-es/fromSSO.js",
    "semver/index.js",
  ])("is caught as %s", (path) => {
    expect(replacedIn({ [`node_modules/${path}`]: 9 })).toHaveLength(1);
    expect(replacedIn({ "node_modules/@aws-sdk/credential-provider-env/dist-es/fromEnv.js": 9 })).toEqual([]);
  });
});

describe("a bundle", () => {
  it.each<[string, string, (entry: FunctionEntry) => unknown, string[]]>([
    [
      "that obeys no switches",
      "capture-payment",
      ({ access }) => delete access.switches,
      ["client-ssm", "functions/lib/adapters/aws/ssm-switches.ts"],
    ],
    [
      "that calls no provider",
      "capture-payment",
      (entry) => delete entry.provider,
      [
        "functions/lib/adapters/providers/http-card-provider.ts",
        "functions/lib/adapters/providers/http-provider.ts",
      ],
    ],
    [
      "that keeps no findings",
      "verify-integrity",
      ({ access }) => delete access.tables?.integrity,
      ["functions/lib/adapters/dynamodb/finding-store.ts"],
    ],
    [
      "that is not the sandbox's",
      "simulate-provider",
      (entry) => delete entry.sandbox,
      ["dynamodb-books", "sqs-announcements", "wiring"].map(
        (name) => `functions/lib/adapters/sandbox/${name}.ts`,
      ),
    ],
  ])("is caught when a function %s holds what %s holds", (_, name, change, strangers) => {
    const entry = copyOf(entryOf(name));
    change(entry);
    expect(strangersIn(bundles.get(name) ?? {}, entry)).toEqual(strangers);
  });
});

describe("the wiring", () => {
  it("gives each store its table", () => {
    const tables = tablesOf();
    expect(tables.get("functions/lib/adapters/dynamodb/payment-store.ts")).toEqual([
      "payments",
      "ledger",
      "integrity",
    ]);
    expect(tables.get("functions/lib/adapters/dynamodb/ledger-store.ts")).toEqual(["ledger", "integrity"]);
    expect(tables.get("functions/lib/adapters/dynamodb/finding-store.ts")).toEqual(["integrity"]);
    expect(tables.get("functions/lib/adapters/dynamodb/operator-journal.ts")).toEqual(["integrity"]);
  });

  const NAME = "notify-payment";
  const root = mkdtempSync(join(tmpdir(), "contra-bundles-"));
  afterAll(() => rmSync(root, { recursive: true }));

  /** What one function's bundle holds too much of, with a text of one file replaced. */
  async function strangersAfter(path: string, find: string, replace: string): Promise<string[]> {
    if (!textOf(path).includes(find)) throw new Error(`${path} does not say ${find}`);
    for (const part of ["functions/lib", `functions/${NAME}`, "functions/metrics.json", "package.json"])
      cpSync(join(REPOSITORY, part), join(root, part), { recursive: true });
    mkdirSync(join(root, "dist"), { recursive: true });
    const one = JSON.stringify({ functions: { [NAME]: entryOf(NAME) } });
    writeFileSync(join(root, "functions/manifest.json"), one);
    rmSync(join(root, "node_modules"), { force: true });
    symlinkSync(join(REPOSITORY, "node_modules"), join(root, "node_modules"));
    writeFileSync(join(root, path), textOf(path).replaceAll(find, replace));
    const [built] = (await bundle(root)).bundles;
    return strangersIn(built?.inputs ?? {}, entryOf(NAME));
  }

  it("leaves out of a bundle what its handler does not name", async () => {
    expect(await strangersAfter("functions/lib/wiring.ts", "once", "once")).toEqual([]);
  });

  it.each([
    ["builds its members when it is loaded", "functions/lib/wiring.ts", "/* @__NO_SIDE_EFFECTS__ */\n", ""],
    [
      "has a package whose modules may do something",
      "package.json",
      `"sideEffects": false`,
      `"sideEffects": true`,
    ],
    [
      "names more in a handler than its step needs",
      `functions/${NAME}/handler.ts`,
      "clock",
      "clock, switches, findings",
    ],
  ])("is caught when it %s", async (_, path, find, replace) => {
    expect(await strangersAfter(path, find, replace)).not.toEqual([]);
  });
});
