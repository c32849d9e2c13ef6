// The settings of `make e2e`, and why it would do nothing. It needs an AWS endpoint, or an emulator
// that it may start.
import { existsSync } from "node:fs";

export type Settings = {
  /** An endpoint that answers for AWS; absent where an emulator is to be started. */
  endpoint: string | undefined;
  /** The script that starts and stops the emulator (`up.sh`, `up.sh stop`, both with PORT). */
  emulator: string | undefined;
  /** The first one is what the suite runs against; a second one is built beside it. */
  workspaces: string[];
  /** 1 at full size, a tenth in CI, as PROOF_SCALE. */
  scale: number;
  /** A local mirror of Terraform providers; empty: a plain init. */
  pluginDirectory: string;
  /** Names of steps; empty: all of them. Applying and destroying are always done. */
  only: string[];
};

/** Both at once, side by side, are what shows that they share nothing. */
const WORKSPACES = ["e2e-a", "e2e-b"];

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const count = Number(env.E2E_WORKSPACES ?? WORKSPACES.length);
  if (count !== 1 && count !== 2) throw new Error(`E2E_WORKSPACES must be 1 or 2, not ${env.E2E_WORKSPACES}`);
  const scale = Number(env.E2E_SCALE ?? "1");
  if (!(scale > 0)) throw new Error(`E2E_SCALE must be a number above 0, not ${env.E2E_SCALE}`);
  return {
    endpoint: env.E2E_ENDPOINT?.replace(/\/+$/, "") || undefined,
    emulator: env.E2E_EMULATOR || undefined,
    workspaces: WORKSPACES.slice(0, count),
    scale,
    pluginDirectory: env.TF_PLUGIN_DIR ?? "",
    only: (env.ONLY ?? "").split(/[\s,]+/).filter(Boolean),
  };
}

/** Why there is nothing to run against; undefined when there is. */
export function whyNot({ endpoint, emulator }: Settings): string | undefined {
  if (endpoint) return undefined;
  if (!emulator) return "neither E2E_ENDPOINT nor E2E_EMULATOR is given";
  return existsSync(emulator) ? undefined : `there is no ${emulator}`;
}
