// What a function's code can ask of AWS, as the manifest's `access` says it:
// `tables.payments.PutItem`. A transaction needs the permission of each write in it that can happen
// in this function, and none of its own.
import type { Node, ObjectLiteralExpression } from "typescript/unstable/ast";
import { isNewExpression, isObjectLiteralExpression } from "typescript/unstable/ast";
import { CARRIERS, type Command, commandOf, needsOfCarried, needsOfCommand, unknown } from "./commands.ts";
import { reach } from "./reach.ts";
import type { Sources } from "./sources.ts";
import { walk } from "./syntax.ts";
import { Values } from "./values.ts";

/** Every command and every object literal that can run. */
function found(
  sources: Sources,
  units: Iterable<Node>,
): { commands: Command[]; literals: ObjectLiteralExpression[] } {
  const commands: Command[] = [];
  const literals: ObjectLiteralExpression[] = [];
  for (const unit of units) {
    walk(unit, (node) => {
      if (isObjectLiteralExpression(node)) literals.push(node);
      const command = isNewExpression(node) ? commandOf(sources, node) : undefined;
      if (command) commands.push(command);
    });
  }
  return { commands, literals };
}

/** The needs of the function with this handler, sorted; throws NeedUnknown. */
export function needsOf(sources: Sources, handler: string): string[] {
  const reached = reach(sources, handler);
  const values = new Values(sources, reached.passed);
  const { commands, literals } = found(sources, reached.units);
  const needs = commands.flatMap((command) => {
    const carrier = CARRIERS.find((one) => one === command.action);
    if (!carrier) return needsOfCommand(values, command);
    const carried = literals.flatMap((literal) => needsOfCarried(values, literal, carrier));
    if (carried.length === 0) throw unknown(command.node, command.action);
    return carried;
  });
  return [...new Set(needs)].sort();
}
