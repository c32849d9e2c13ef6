// Runs a program as a function runs: bundled, in a process of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, stop } from "esbuild";
import { asOnLambda } from "../../scripts/build/bundle.ts";

const ROOT = join(__dirname, "..", "..");

export type Bundling = "lean" | "whole";

/**
 * Bundles the source `lean`, as the build does, or `whole`, with the packages as they are. Its
 * imports start at the repository. `use` gets what runs it in a process of its own and resolves
 * with what it printed; that throws when the program fails.
 */
export async function withBundle<T>(
  contents: string,
  bundled: Bundling,
  use: (run: (env: Record<string, string>) => Promise<string>) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "contra-bundled-"));
  const outfile = join(folder, "index.js");
  const { plugins, minify, ...options } = asOnLambda(ROOT);
  try {
    await build({
      ...options,
      ...(bundled === "lean" ? { plugins: [...plugins], minify } : {}),
      stdin: { contents, resolveDir: ROOT, loader: "ts" },
      outfile,
    });
    return await use((env) => outputOf(outfile, env));
  } finally {
    await stop();
    rmSync(folder, { recursive: true });
  }
}

/** Bundles the source and runs it once. */
export const runBundled = (
  contents: string,
  bundled: Bundling,
  env: Record<string, string> = {},
): Promise<string> => withBundle(contents, bundled, (run) => run(env));

async function outputOf(program: string, env: Record<string, string>): Promise<string> {
  const own = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", ...env };
  const child = spawn(process.execPath, [program], { env: own, stdio: ["ignore", "pipe", "inherit"] });
  const printed: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  return Buffer.concat(printed).toString();
}
