// What each step says that it throws, and what its code shows.
import { join } from "node:path";
import { kindOf, PLATFORM_ERRORS } from "../../../functions/lib/errors/registry.ts";
import { codeOfFunction } from "./function-code.ts";
import { manifest, stepOf } from "./manifest.ts";
import { REPOSITORY } from "./source-tree.ts";

type Declared = readonly string[] | Record<string, readonly string[]>;

/**
 * The step module's own `throws`: on that rail, or on any. A step that is another on each rail
 * declares them apart.
 */
export function declaredBy(name: string, rail?: string): readonly string[] {
  const { throws } = require(join(REPOSITORY, stepOf(name))) as { throws?: Declared };
  if (!throws) throw new Error(`${stepOf(name)} exports no throws`);
  if (Array.isArray(throws)) return throws;
  const byRail = throws as Record<string, readonly string[]>;
  return rail === undefined ? [...new Set(Object.values(byRail).flat())] : (byRail[rail] ?? []);
}

/** With what the platform adds to every Task, and doubt to every call of a provider. */
export const thrownOn =
  (rail: string) =>
  (name: string): readonly string[] => {
    const doubt = manifest.functions[name]?.provider ? ["OutcomeUnknown"] : [];
    return [...new Set([...declaredBy(name, rail), ...Object.values(PLATFORM_ERRORS).flat(), ...doubt])];
  };

/**
 * Errors, defects aside, that the code can be seen to throw: its own, its guards' and its stores'.
 */
export function visibleIn(name: string, code = codeOfFunction(name)): string[] {
  const made = [...code.matchAll(/\b(?:new|declined:) ([A-Z]\w+)/g)].map(([, made = ""]) => made);
  const visible = [
    ...made.filter((error) => kindOf(error) !== undefined && kindOf(error) !== "defect"),
    ...(/\bguard\b/.test(code) ? ["Superseded"] : []),
    ...(/\b[gG]uard = \{[^}]*\bstep\b/.test(code) ? ["UndoStarted"] : []),
    ...(/refusedIfCancelRequested: true/.test(code) ? ["CancelRequested"] : []),
    ...(/\bpayments\./.test(code) ? ["StoreContention", "StoreUnavailable"] : []),
  ];
  return [...new Set(visible)];
}
