// Runs a program as a function runs: bundled, in a process of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, stop } from "esbuild";
import { asOnLambda } from "../../scripts/build/bundle.ts";

const ROOT = join(__dirname, "..", "..");

/**
 * Bundles the source `lean`, as the build does, or `whole`, with the packages as they are. Resolves
 * with what the program printed. Its imports start at the repository. Throws when it fails.
 */
export async function runBundled(
  contents: string,
  bundled: "lean" | "whole",
  env: Record<string, string> = {},
): Promise<string> {
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
    return await outputOf(outfile, env);
  } finally {
    await stop();
    rmSync(folder, { recursive: true });
  }
}

async function outputOf(program: string, env: Record<string, string>): Promise<string> {
  const own = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", ...env };
  const child = spawn(process.execPath, [program], { env: own, stdio: ["ignore", "pipe", "inherit"] });
  const printed: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  return Buffer.concat(printed).toString();
}
