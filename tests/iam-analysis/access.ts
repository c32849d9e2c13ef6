// The manifest's `access` beside what the code needs, each as a list of `tables.payments.PutItem`.
// What is missing would fail a payment. What is unused would serve an intruder.
import type { Manifest } from "../../functions/lib/contracts/types.ts";
import { ANY } from "./values.ts";

type Access = Manifest["functions"][string]["access"];

/** Everything that the manifest lets a function do. */
function allowedBy(access: Access, manifest: Manifest): string[] {
  const { tables, indexes, machines, queues, secrets, bus = [], switches = [] } = access;
  const named: Record<string, Record<string, string[]> | undefined> = {
    tables,
    indexes,
    machines,
    queues,
    secrets,
  };
  return [
    ...Object.entries(named).flatMap(([section, places = {}]) =>
      Object.entries(places).flatMap(([name, actions]) =>
        actions.map((action) => `${section}.${name}.${action}`),
      ),
    ),
    ...bus.flatMap((action) => Object.keys(manifest.buses).map((name) => `bus.${name}.${action}`)),
    ...switches.map((action) => `switches.${action}`),
  ].sort();
}

/**
 * A need whose machine is known only when it runs, `machines.*-payment.StartExecution`, is one for
 * each that it may be.
 */
export function spelledOut(need: string, manifest: Manifest): string[] {
  if (!need.includes(ANY)) return [need];
  const [section = "", pattern = "", action = ""] = need.split(".");
  const [before = "", after = ""] = pattern.split(ANY);
  const names = Object.keys(manifest[section as "machines"] ?? {});
  const meant = names.filter((name) => name.startsWith(before) && name.endsWith(after));
  return meant.length > 0 ? meant.map((name) => `${section}.${name}.${action}`) : [need];
}

export type Difference = { missing: string[]; unused: string[] };

export const differenceIn = (required: readonly string[], granted: readonly string[]): Difference => ({
  missing: required.filter((one) => !granted.includes(one)),
  unused: granted.filter((one) => !required.includes(one)),
});

export function compare(needs: readonly string[], access: Access, manifest: Manifest): Difference {
  const needed = new Set(needs.flatMap((need) => spelledOut(need, manifest)));
  return differenceIn([...needed].sort(), allowedBy(access, manifest));
}
