// What each step says that it throws, and what its code shows.
import { join } from "node:path";
import { kindOf, PLATFORM_ERRORS } from "../../functions/lib/errors/registry.ts";
import { codeOfFunction } from "./access.ts";
import { manifest, stepOf } from "./manifest.ts";
import { REPOSITORY } from "./source-tree.ts";

/** The step module's own `throws`. */
export function declaredBy(name: string): readonly string[] {
  const { throws } = require(join(REPOSITORY, stepOf(name))) as { throws?: readonly string[] };
  if (!throws) throw new Error(`${stepOf(name)} exports no throws`);
  return throws;
}

/** With what the platform adds to every Task, and doubt to every call of a provider. */
export function thrownBy(name: string): readonly string[] {
  const doubt = manifest.functions[name]?.provider ? ["OutcomeUnknown"] : [];
  return [...new Set([...declaredBy(name), ...Object.values(PLATFORM_ERRORS).flat(), ...doubt])];
}

/** Errors, defects aside, that the code can be seen to throw: its own, its guards' and its stores'. */
export function visibleIn(name: string, code = codeOfFunction(name)): string[] {
  const made = [...code.matchAll(/new ([A-Z]\w+)\(/g)].map(([, made = ""]) => made);
  const visible = [
    ...made.filter((error) => kindOf(error) !== undefined && kindOf(error) !== "defect"),
    ...(/\bGuard = \{|guard: \{/.test(code) ? ["Superseded"] : []),
    ...(/\bGuard = \{[^}]*\bstep: STEP/.test(code) ? ["UndoStarted"] : []),
    ...(/heedsCancel: true/.test(code) ? ["CancelRequested"] : []),
    ...(/\bpayments\./.test(code) ? ["StoreContention", "StoreUnavailable"] : []),
  ];
  return [...new Set(visible)];
}
