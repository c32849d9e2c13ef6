// The manifest as the tests of structure read it.
import type { Manifest } from "../../../functions/lib/contracts/types.ts";
import { jsonOf } from "./source-tree.ts";

export type { Manifest };
export type FunctionEntry = Manifest["functions"][string];

export const manifest = jsonOf<Manifest>("functions/manifest.json");
export const functionNames = Object.keys(manifest.functions);

/** The folder's wiring: composed of verb and noun, in kebab-case. */
export const handlerOf = (name: string): string => `functions/${name}/handler.ts`;
export const stepOf = (name: string): string => `functions/${name}/${name}.ts`;

/**
 * A copy to be changed by a test that proves that a mistake is caught. By text: clones of jest's
 * world equal none of ours.
 */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
