// Runs a program of scripts/ as a person does who types its make target.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, "../../scripts");

/**
 * What the program says, on stderr where it fails, and whether it fails. `env` is set beside our
 * own.
 */
export function runScript(
  script: string,
  env: Record<string, string>,
): Promise<{ said: string; failed: boolean }> {
  const options = { env: { ...process.env, ...env } };
  const program = ["--disable-warning=ExperimentalWarning", join(SCRIPTS, script)];
  return run(process.execPath, program, options).then(
    ({ stdout }) => ({ said: stdout.trim(), failed: false }),
    ({ stderr }: { stderr: string }) => ({ said: stderr.trim(), failed: true }),
  );
}
