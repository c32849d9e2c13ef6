import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { bundleFunctions, readZipped, zipFunctions } from "../../../../scripts/build/build.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contra-build-"));
  write("functions/manifest.json", JSON.stringify({ functions: { "post-ledger": {} } }));
  write("functions/lib/answer.ts", "export const answer: number = 42;");
  write(
    "functions/post-ledger/handler.ts",
    `import { answer } from "../lib/answer.ts";\nexport const handler = async () => answer;`,
  );
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const output = (path: string) => join(root, "dist", "functions", path);
const hash = () =>
  createHash("sha256")
    .update(readFileSync(output("post-ledger.zip")))
    .digest("hex");

describe("the build", () => {
  it("makes a bundle that holds all it needs and exports the handler", async () => {
    await zipFunctions(root);
    const { handler } = createRequire(output("post-ledger/index.js"))(output("post-ledger/index.js"));
    expect(await handler()).toBe(42);
  });

  it("zips the bundle as index.js", async () => {
    await zipFunctions(root);
    const [built] = readZipped(root);
    const zip = readFileSync(output("post-ledger.zip"));
    expect(zip.subarray(30, 38).toString()).toBe("index.js");
    const data = zip.subarray(38, 38 + zip.readUInt32LE(18));
    expect(inflateRawSync(data)).toEqual(readFileSync(output("post-ledger/index.js")));
    expect(built).toMatchObject({ name: "post-ledger", zipBytes: zip.length });
  });

  it("makes the same zip of the same source at any time, and another of another source", async () => {
    await zipFunctions(root);
    const first = hash();
    rmSync(join(root, "dist"), { recursive: true });
    utimesSync(join(root, "functions", "post-ledger", "handler.ts"), 1, 1);
    await zipFunctions(root);
    expect(hash()).toBe(first);
    write("functions/lib/answer.ts", "export const answer: number = 43;");
    await zipFunctions(root);
    expect(hash()).not.toBe(first);
  });

  it("makes the same zip where node_modules is linked, wherever it stands", async () => {
    write("node_modules/answers/index.js", "module.exports = { answer: 42 };");
    write("functions/lib/answer.ts", `export { answer } from "answers";`);
    await zipFunctions(root);
    const first = hash();
    renameSync(join(root, "node_modules"), join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), join(root, "node_modules"));
    await zipFunctions(root);
    expect(hash()).toBe(first);
  });

  it("removes what the manifest no longer names", async () => {
    write("dist/functions/old-step/index.js", "");
    write("dist/functions/old-step.zip", "");
    await zipFunctions(root);
    expect(existsSync(output("old-step"))).toBe(false);
    expect(existsSync(output("old-step.zip"))).toBe(false);
  });
});

describe("what is built already", () => {
  const again = () => zipFunctions(root);

  beforeEach(async () => {
    write("package-lock.json", "{}");
    write("functions/post-ledger/money.json", '{ "digits": 2 }');
    expect(await again()).toBe(true);
  });

  it("is not built again, however young its sources are", async () => {
    write("functions/lib/answer.ts", "export const answer: number = 42;");
    expect(await again()).toBe(false);
  });

  it.each([
    ["a source changes", () => write("functions/lib/answer.ts", "export const answer: number = 43;")],
    ["a source comes", () => write("functions/lib/more.ts", "")],
    ["a source goes", () => rmSync(join(root, "functions/post-ledger/money.json"))],
    [
      "the manifest changes",
      () => write("functions/manifest.json", '{ "functions": { "post-ledger": { "memory_mb": 1 } } }'),
    ],
    ["the lock file changes", () => write("package-lock.json", '{ "packages": {} }')],
    ["other packages are installed", () => write("node_modules/.package-lock.json", "{}")],
    ["a bundle is gone", () => rmSync(output("post-ledger/index.js"))],
    ["a bundle is another", () => write("dist/functions/post-ledger/index.js", "exports.handler = 1;")],
    ["a zip is gone", () => rmSync(output("post-ledger.zip"))],
  ])("is built again when %s", async (_, change) => {
    change();
    expect(await again()).toBe(true);
    expect(await again()).toBe(false);
  });

  it("is built again after a build that failed", async () => {
    write("functions/lib/answer.ts", "export const answer = ;");
    await expect(again()).rejects.toThrow();
    write("functions/lib/answer.ts", "export const answer: number = 42;");
    expect(await again()).toBe(true);
  });

  it("keeps its zips when a laptop asks for bundles, and loses them when they are of other code", async () => {
    expect(await bundleFunctions(root)).toBe(false);
    expect(existsSync(output("post-ledger.zip"))).toBe(true);
    write("functions/lib/answer.ts", "export const answer: number = 43;");
    expect(await bundleFunctions(root)).toBe(true);
    expect(existsSync(output("post-ledger.zip"))).toBe(false);
  });
});

describe("the build is refused", () => {
  it("for a source from a folder whose changes nobody would see", async () => {
    write("elsewhere/answer.ts", "export const answer = 42;");
    write("functions/lib/answer.ts", `export { answer } from "../../elsewhere/answer.ts";`);
    await expect(zipFunctions(root)).rejects.toThrow("elsewhere/answer.ts");
  });

  it("for a function of the manifest without a folder", async () => {
    rmSync(join(root, "functions", "post-ledger"), { recursive: true });
    await expect(zipFunctions(root)).rejects.toThrow("functions/post-ledger/handler.ts does not exist");
  });

  it("for a folder that the manifest does not name", async () => {
    write("functions/steal-money/handler.ts", "export const handler = () => 1;");
    await expect(zipFunctions(root)).rejects.toThrow(
      "functions/steal-money exists, but functions/manifest.json does not name it",
    );
  });

  it("for a source that does not parse", async () => {
    write("functions/post-ledger/handler.ts", "export const handler = ;");
    await expect(zipFunctions(root)).rejects.toThrow(/functions\/post-ledger\/handler\.ts:1/);
  });
});
