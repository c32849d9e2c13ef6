// Which component is which resource, read from where it is decided. Functions come from the
// manifest and the machines. Resources come from Terraform's files, whose first lines say what they
// are for.

import type { Manifest } from "../../functions/lib/contracts/types.ts";
import { point } from "../lib/markdown.ts";

/** `path` below terraform/. */
export type TerraformFile = { path: string; text: string };

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

/** Whatever makes the function run. States are written as `machine: State`. */
function callersOf(
  name: string,
  entry: Manifest["functions"][string],
  states: Map<string, string[]>,
): string {
  const callers = [
    ...(entry.routes ?? []).map(({ method, path }) => `\`${method} ${path}\``),
    ...(entry.queue ? [`the queue \`${entry.queue.name}\``] : []),
    ...(entry.stream ? [`the stream of \`${entry.stream.table}\``] : []),
    ...(entry.schedule ? [`the clock, every ${entry.schedule.rate_seconds} s`] : []),
    ...(states.get(name) ?? []),
  ];
  return callers.join(", ");
}

function touchedBy({ access, provider }: Manifest["functions"][string]): string {
  const { tables = {}, machines = {}, queues = {}, bus = [] } = access;
  return [
    ...(Object.keys(tables).length > 0 ? [`tables ${code(Object.keys(tables))}`] : []),
    ...(Object.keys(machines).length > 0 ? [`machines ${code(Object.keys(machines))}`] : []),
    ...(Object.keys(queues).length > 0 ? [`queues ${code(Object.keys(queues))}`] : []),
    ...(bus.length > 0 ? ["the bus"] : []),
    ...(access.switches ? ["switches"] : []),
    ...(provider ? ["the provider"] : []),
  ].join("; ");
}

/**
 * The machine states that call each function, by the function's name. `machines` holds each
 * text by name.
 */
export function statesOf(machines: ReadonlyMap<string, string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [machine, text] of machines) {
    const { States } = JSON.parse(text) as { States: Record<string, { Resource?: string }> };
    for (const [state, { Resource = "" }] of Object.entries(States)) {
      const [, name] = /^\$\{functions\.(.+)\}$/.exec(Resource) ?? [];
      if (name) found.set(name, [...(found.get(name) ?? []), `${machine}: ${state}`]);
    }
  }
  return found;
}

/** Each function, with who calls it and what it may touch. */
export function functionList(manifest: Manifest, machines: ReadonlyMap<string, string>): string {
  const states = statesOf(machines);
  return Object.entries(manifest.functions)
    .flatMap(([name, entry]) => {
      const [callers, touched] = [callersOf(name, entry, states), touchedBy(entry)];
      return [
        point(`[\`${name}\`](../functions/${name})`),
        ...(callers === "" ? [] : [point(`called by ${callers}`, 1)]),
        ...(touched === "" ? [] : [point(`touches ${touched}`, 1)]),
      ];
    })
    .join("\n");
}

/** The first sentence of the comment with which a file begins. */
function purposeOf({ path, text }: TerraformFile): string {
  const comment = /^(?:# .*\n)+/.exec(text)?.[0] ?? "";
  const [sentence] = /^.*?[.:;](?=\s|$)/.exec(comment.replace(/^# /gm, "").replace(/\n/g, " ")) ?? [];
  if (!sentence) throw new Error(`terraform/${path} does not begin by saying what it is for`);
  return sentence.replace(/[.:;]$/, "");
}

const RESOURCE = /^resource "(\w+)" "(\w+)"/gm;

/** Each file that makes resources, with what it is for. */
export function resourceList(files: readonly TerraformFile[]): string {
  return files
    .flatMap((file) => {
      const resources = [...file.text.matchAll(RESOURCE)].map(([, type, name]) => `${type}.${name}`);
      return resources.length === 0
        ? []
        : [
            point(`[\`${file.path}\`](../terraform/${file.path}): ${purposeOf(file)}`),
            point(code(resources), 1),
          ];
    })
    .join("\n");
}
