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
import { build } from "../../../../scripts/build/bundle.ts";

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
    await build(root);
    const { handler } = createRequire(output("post-ledger/index.js"))(output("post-ledger/index.js"));
    expect(await handler()).toBe(42);
  });

  it("zips the bundle as index.js", async () => {
    const [built] = await build(root);
    const zip = readFileSync(output("post-ledger.zip"));
    expect(zip.subarray(30, 38).toString()).toBe("index.js");
    const data = zip.subarray(38, 38 + zip.readUInt32LE(18));
    expect(inflateRawSync(data)).toEqual(readFileSync(output("post-ledger/index.js")));
    expect(built).toMatchObject({ name: "post-ledger", zipBytes: zip.length });
  });

  it("makes the same zip of the same source at any time, and another of another source", async () => {
    await build(root);
    const first = hash();
    rmSync(join(root, "dist"), { recursive: true });
    utimesSync(join(root, "functions", "post-ledger", "handler.ts"), 1, 1);
    await build(root);
    expect(hash()).toBe(first);
    write("functions/lib/answer.ts", "export const answer: number = 43;");
    await build(root);
    expect(hash()).not.toBe(first);
  });

  it("makes the same zip where node_modules is linked, wherever it stands", async () => {
    write("node_modules/answers/index.js", "module.exports = { answer: 42 };");
    write("functions/lib/answer.ts", `export { answer } from "answers";`);
    await build(root);
    const first = hash();
    renameSync(join(root, "node_modules"), join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), join(root, "node_modules"));
    await build(root);
    expect(hash()).toBe(first);
  });

  it("removes what the manifest no longer names", async () => {
    write("dist/functions/old-step/index.js", "");
    write("dist/functions/old-step.zip", "");
    await build(root);
    expect(existsSync(output("old-step"))).toBe(false);
    expect(existsSync(output("old-step.zip"))).toBe(false);
  });
});

describe("the build is refused", () => {
  it("for a function of the manifest without a folder", async () => {
    rmSync(join(root, "functions", "post-ledger"), { recursive: true });
    await expect(build(root)).rejects.toThrow("functions/post-ledger/handler.ts does not exist");
  });

  it("for a folder that the manifest does not name", async () => {
    write("functions/steal-money/handler.ts", "export const handler = () => 1;");
    await expect(build(root)).rejects.toThrow(
      "functions/steal-money exists, but functions/manifest.json does not name it",
    );
  });

  it("for a source that does not parse", async () => {
    write("functions/post-ledger/handler.ts", "export const handler = ;");
    await expect(build(root)).rejects.toThrow(/functions\/post-ledger\/handler\.ts:1/);
  });
});
