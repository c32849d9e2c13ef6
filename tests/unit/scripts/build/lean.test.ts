// What the build takes out of packages that change: it says so where there is nothing to take out
// any more.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { stop } from "esbuild";
import { bundle } from "../../../../scripts/build/bundle.ts";
import { withErrors } from "../../../../scripts/build/lean.ts";

const CLIENT = "node_modules/@aws-sdk/client-two-words";
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contra-lean-"));
  write("functions/manifest.json", JSON.stringify({ functions: { one: {} } }));
  write("functions/one/handler.ts", `export { sent as handler } from "@aws-sdk/client-two-words";`);
  write(`${CLIENT}/package.json`, JSON.stringify({ module: "dist-es/index.js" }));
});
afterAll(stop);

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Why there is no build; esbuild shows a few of many reasons. */
async function objection(): Promise<string> {
  const built = bundle(root).then(
    () => "built",
    (error: Error) => error.message,
  );
  return built.finally(() => rmSync(root, { recursive: true }));
}

describe("a build with a client of the SDK fails", () => {
  it("where nothing imports what a rule replaces, and names each such rule", async () => {
    write(
      `${CLIENT}/dist-es/index.js`,
      `export { defaultProvider as sent } from "@aws-sdk/credential-provider-node";
       export { kept } from "./schemas/schemas_0.js";`,
    );
    write(
      `${CLIENT}/dist-es/schemas/schemas_0.js`,
      "export const kept = 1;\nconst n0_registry = { registerError() {} };\nconst A$ = 1, A = 1;\nn0_registry.registerError(A$, A);\n",
    );
    write("functions/lib/replaced/credential-provider-node.ts", "export const defaultProvider = 1;");
    const said = await objection();
    expect(said).toContain("4 errors");
    for (const rule of ["loadSharedConfigFiles", "event-streams", "node-http-handler", "Sha256Js"])
      expect(said).toContain(rule);
  });

  it("where a client keeps its errors elsewhere, or registers them in another way", async () => {
    write(`${CLIENT}/dist-es/index.js`, `export const sent = 1;`);
    expect(await objection()).toContain("the errors of @aws-sdk/client-two-words/");
    expect(() => withErrors("registry.registers(A$, A);", new Set())).toThrow("as it was");
  });
});
