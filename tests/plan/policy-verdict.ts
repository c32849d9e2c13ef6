// Whether policies let a request through, as IAM decides it: a refusal beats every permission, and
// what nobody permits is refused. Knows the operators that our policies use, and no others.
import type { Statement } from "../iam-analysis/index.ts";

/** What a request brings besides: condition keys by name, those that it does not bring left out. */
export type Context = Record<string, string>;
export type Request = { action: string; on: string; context: Context };

const patterns = new Map<string, RegExp>();
function like(pattern: string, value: string): boolean {
  const known = patterns.get(pattern);
  if (known) return known.test(value);
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const made = new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i");
  patterns.set(pattern, made);
  return made.test(value);
}

type Operator = (wanted: readonly string[], value: string | undefined) => boolean;
const OPERATORS: Record<string, Operator> = {
  StringEquals: (wanted, value) => value !== undefined && wanted.includes(value),
  StringEqualsIfExists: (wanted, value) => value === undefined || wanted.includes(value),
  ArnLike: (wanted, value) => value !== undefined && wanted.some((one) => like(one, value)),
  Null: (wanted, value) => wanted.includes(String(value === undefined)),
};

function holds(condition: Statement["Condition"], context: Context): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) => {
    const judge = OPERATORS[operator];
    if (!judge) throw new Error(`nobody said what ${operator} means (tests/plan/policy-verdict.ts)`);
    return Object.entries(keys).every(([key, wanted]) => judge([wanted].flat().map(String), context[key]));
  });
}

const isMeant = ({ Action, Resource, Condition }: Statement, { action, on, context }: Request): boolean =>
  Action.some((one) => like(one, action)) &&
  Resource.some((one) => like(one, on)) &&
  holds(Condition, context);

export function isAllowed(statements: readonly Statement[], request: Request): boolean {
  const meant = statements.filter((statement) => isMeant(statement, request));
  return meant.length > 0 && meant.every(({ Effect }) => Effect === "Allow");
}

/** Permitted actions of `judged` that no request needs: all of them are let through without one. */
export function unneeded(
  statements: readonly Statement[],
  requests: readonly Request[],
  judged: readonly Statement[],
): string[] {
  return judged.flatMap((statement) => {
    const isNeeded = (gone: string): boolean => {
      const rest = { ...statement, Action: statement.Action.filter((action) => action !== gone) };
      const without = statements.map((one) => (one === statement ? rest : one));
      const asking = requests.filter(({ action }) => like(gone, action));
      return asking.some((request) => !isAllowed(without, request));
    };
    const { Effect, Action, Resource } = statement;
    const spare = Effect === "Allow" ? Action.filter((gone) => !isNeeded(gone)) : [];
    return spare.map((action) => `${action} on ${Resource.join(", ")}`);
  });
}
