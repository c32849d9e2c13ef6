// What a bundle is made of, and how heavy it may be.
import type { Zipped } from "./build.ts";

/**
 * `node_modules/@aws-sdk/core/dist-es/…` → `@aws-sdk/core`. Our own sources count by
 * their layer: `functions/lib/adapters`.
 */
function partOf(path: string): string {
  const [first = "", ...names] = path.slice(Math.max(0, path.lastIndexOf("node_modules/"))).split("/");
  if (first === "node_modules") return names.slice(0, names[0]?.startsWith("@") ? 2 : 1).join("/");
  return [first, ...names].slice(0, 3).join("/");
}

/** The heaviest parts, in bytes, the heaviest first. */
export function heaviest(inputs: Zipped["inputs"], count: number): [part: string, bytes: number][] {
  const parts = new Map<string, number>();
  for (const [path, bytes] of Object.entries(inputs)) {
    parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + bytes);
  }
  return [...parts].sort(([, a], [, b]) => b - a).slice(0, count);
}

/** Bytes of a zip: of a function that talks to AWS, and of one that only answers. */
export const BUDGET = { withSdk: 144 * 1024, without: 28 * 1024 };

const usesSdk = (inputs: Zipped["inputs"]): boolean =>
  Object.keys(inputs).some((path) => path.includes("node_modules/@aws-sdk/client-"));

/**
 * The functions above their budget, as sentences. A new environment downloads and reads the zip
 * before its first event.
 */
export const overBudget = (built: readonly Zipped[]): string[] =>
  built.flatMap(({ name, zipBytes, inputs }) => {
    const budget = usesSdk(inputs) ? BUDGET.withSdk : BUDGET.without;
    return zipBytes > budget ? [`${name} is ${zipBytes} bytes zipped, above ${budget}`] : [];
  });
