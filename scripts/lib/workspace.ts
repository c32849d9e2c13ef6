// The workspace that a script is told to work in: the laptop's stack, or one that has settings.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ENVIRONMENTS = join(import.meta.dirname, "..", "..", "terraform", "environments");

/**
 * Throws a sentence for a name that no workspace has: AWS would only say that it knows no table of
 * that name, and before that ask for a region.
 */
export function assertWorkspace(name: string): void {
  if (name === "local") return;
  const isName = /^[a-z0-9-]+$/.test(name);
  if (!isName || !existsSync(join(ENVIRONMENTS, `${name}.tfvars`)))
    throw new Error(`no workspace is called ${name}`);
}

/** The Region that the workspace's settings name. */
export function regionOf(name: string): string {
  const settings = readFileSync(join(ENVIRONMENTS, `${name}.tfvars`), "utf8");
  const region = /^region\s*=\s*"([^"]+)"/m.exec(settings)?.[1];
  if (!region) throw new Error(`terraform/environments/${name}.tfvars names no region`);
  return region;
}
