// The AWS endpoint that everything is applied to: one that is given, or an emulator of our own that
// ends with us.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { freePort } from "../../support/local-part.ts";
import { succeed } from "./children.ts";
import type { Issuer } from "./issuer.ts";

export type Cloud = {
  endpoint: string;
  /** Whether it checks the signatures of tokens. */
  verifiesTokens: boolean;
  /**
   * What it wrote down last, the reasons of its 5xx among it; empty where nobody knows where that
   * is.
   */
  log: () => string;
  /** Ends what was started; an endpoint that was given is left as it is. */
  stop: () => Promise<void>;
};

/** A bound for what hangs. */
const START_SECONDS = 600;
const LOG = { lines: 120, columns: 200 };

/**
 * What SDKs and Terraform read; nothing of the surroundings' own AWS or Terraform settings shines
 * through, unless an endpoint was given.
 */
export function awsEnvironment(endpoint: string, given: boolean, pluginDirectory: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => given || !/^(AWS|TF)_/.test(name));
  return {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    TF_IN_AUTOMATION: "1",
    // For Terraform runs that are not ours but scripts/deploy.sh's, too.
    TF_CLI_ARGS_init: "-no-color",
    TF_CLI_ARGS_plan: "-no-color -parallelism=30",
    TF_CLI_ARGS_apply: "-no-color -parallelism=30",
    TF_CLI_ARGS_destroy: "-no-color -parallelism=30",
    TF_PLUGIN_DIR: pluginDirectory,
    NO_COLOR: "1",
  };
}

/** Why the emulator cannot run on this machine; undefined when it can. */
export function whyNoEmulator(python = process.env.PYTHON ?? "python3"): string | undefined {
  const { status } = spawnSync(python, ["-c", "import moto.server"], { stdio: "ignore" });
  return status === 0 ? undefined : `${python} has no moto (pip install 'moto[all,server]==5.2.1')`;
}

/** Starts the emulator on a free port; it checks tokens against the issuer's keys. */
export async function startEmulator(script: string, issuer: Issuer): Promise<Cloud> {
  const port = String(await freePort());
  const env = { ...process.env, PORT: port, NODE: process.execPath, EMULATOR_JWKS: issuer.keySet };
  const call = (args: string[]) =>
    succeed({ command: script, args, cwd: dirname(script), env, seconds: START_SECONDS });
  const told = await call([]);
  // Of use when something failed, and nothing to fail for.
  const logFile = /^logs\s+([^,]+)/m.exec(told)?.[1] ?? "";
  return {
    endpoint: `http://127.0.0.1:${port}`,
    verifiesTokens: true,
    log: () => (existsSync(logFile) ? lastLines(readFileSync(logFile, "utf8")) : ""),
    stop: async () => void (await call(["stop"])),
  };
}

/** Some of its lines hold whole state machines. */
function lastLines(text: string): string {
  const lines = text.split("\n").slice(-LOG.lines);
  return lines.map((line) => line.slice(0, LOG.columns)).join("\n");
}
