// What a release changes: the aliases that do not lead wholly to its version now.
import type { Routing } from "./aws-port.ts";

export type Change<Target> = { name: string; target: Target; from: string; to: string; also?: string };

/**
 * The aliases to move. `wanted` holds versions by name. A name that only one side has is no change:
 * there is nothing to move, or no place to move it to.
 */
export async function changesOf<Target>(
  targets: Record<string, Target>,
  wanted: Record<string, string>,
  read: (target: Target) => Promise<Routing>,
): Promise<Change<Target>[]> {
  const changes: Change<Target>[] = [];
  for (const [name, to] of Object.entries(wanted)) {
    const target = targets[name];
    if (target === undefined) continue;
    const { version: from, also } = await read(target);
    if (from !== to || also !== undefined) {
      changes.push({ name, target, from, to, ...(also !== undefined && { also }) });
    }
  }
  return changes;
}
