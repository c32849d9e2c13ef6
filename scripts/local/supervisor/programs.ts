// What a stack runs: the bundles of the parts and of their supervisor (scripts/build/parts.ts).
import { join } from "node:path";
import { PARTS, type Part } from "../common/settings.ts";

export const PROGRAMS = [...PARTS, "supervisor"] as const;
export type Program = Part | "supervisor";

/** Relative to the repository. */
export const bundleOf = (name: Program): string => `dist/local/${name}.mjs`;
export const programOf = (root: string, name: Program): string => join(root, bundleOf(name));
