// What must hold before a stack starts, and the settings that follow from it. Every refusal is a
// sentence for a person. `make run` has checked most of it before (scripts/preflight.mjs). It is
// checked again here, for other ways to start a stack, and because a port may be taken meanwhile.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PARTS, type Part, readSettings, urlVariable } from "../common/settings.ts";
import type { PartPlan } from "./part-process.ts";
import { isFree, pickPorts } from "./ports.ts";
import { programOf } from "./programs.ts";

const NODE_MAJOR = 22;

/** Thrown when the stack cannot start as asked. */
export class CannotStart extends Error {
  override readonly name = "CannotStart";
}

export function assertNode(version = process.versions.node): void {
  if (Number.parseInt(version, 10) >= NODE_MAJOR) return;
  throw new CannotStart(
    `Node ${NODE_MAJOR} or later is needed, this is ${version}: use node_modules/.bin/node`,
  );
}

/** Throws unless every function of the manifest has its bundle. */
export function assertBuilt(root: string): void {
  const { functions } = JSON.parse(readFileSync(join(root, "functions", "manifest.json"), "utf8"));
  const missing = Object.keys(functions).filter(
    (name) => !existsSync(join(root, "dist", "functions", name, "index.js")),
  );
  if (missing.length > 0) throw new CannotStart(`not built: ${missing.join(", ")}. Run: make build`);
}

/**
 * Throws unless the policy is one. Functions would start with a wrong one, and answer 503 to
 * everything. Its schema's validator is built: it is loaded once `assertBuilt` has passed.
 */
export async function assertPolicy({ CONTRA_POLICY }: NodeJS.ProcessEnv): Promise<void> {
  if (!CONTRA_POLICY) return;
  const { assertDeploymentPolicy } = await import("../../policy/policy-file.ts");
  try {
    assertDeploymentPolicy(CONTRA_POLICY);
  } catch (error) {
    throw new CannotStart(`CONTRA_POLICY: ${(error as Error).message}`);
  }
}

/** Makes the home when it is missing. */
export function makeHome(home: string): void {
  try {
    makeFolder(home);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CannotStart(`CONTRA_HOME ${home} cannot be written (${code}): name another folder`);
  }
}

/**
 * Makes the folders one by one: asked for all at once, Node never returns from a place like /proc.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** The gateway's port: the one that was asked for, or any free one for 0. */
export async function gatewayPort(asked: string): Promise<number> {
  const port = Number(asked);
  if (!/^\d+$/.test(asked) || port > 65_535)
    throw new CannotStart(`PORT must be a port number, or 0 for any free one, not ${asked}`);
  if (port === 0) return (await pickPorts(1))[0] ?? 0;
  if (!(await isFree(port)))
    throw new CannotStart(`port ${port} is taken: choose another one with PORT=, 0 for any that is free`);
  return port;
}

/**
 * The parts' plans: where each part listens, and the environment that tells it where
 * the others are.
 */
export async function planParts(
  root: string,
  home: string,
  port: number,
  own: NodeJS.ProcessEnv,
): Promise<Record<Part, PartPlan>> {
  const inner = PARTS.filter((part) => part !== "api-gateway");
  const ports = await pickPorts(inner.length);
  const url = (part: Part) =>
    `http://127.0.0.1:${part === "api-gateway" ? port : ports[inner.indexOf(part)]}`;
  const urls = Object.fromEntries(PARTS.map((part) => [urlVariable(part), url(part)]));
  const env = { ...own, ...urls, CONTRA_HOME: home };
  assertSettings(env);
  const plan = (part: Part): PartPlan => ({
    part,
    script: programOf(root, part),
    url: url(part),
    home,
    env,
  });
  return Object.fromEntries(PARTS.map((part) => [part, plan(part)])) as Record<Part, PartPlan>;
}

function assertSettings(env: NodeJS.ProcessEnv): void {
  try {
    readSettings(env);
  } catch (error) {
    throw new CannotStart((error as Error).message);
  }
}
