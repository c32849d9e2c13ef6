// Writes that a transition may have and mostly has not: its journals, its debits, the release of
// its reference. A store's code for them runs only where some step says so, and a role must not
// allow it elsewhere.
import type { Expression, Identifier, Node } from "typescript/unstable/ast";
import {
  isArrayLiteralExpression,
  isBinaryExpression,
  isConditionalExpression,
  isIdentifier,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isTypeAliasDeclaration,
  SyntaxKind,
} from "typescript/unstable/ast";
import type { Declaration, Sources } from "./sources.ts";
import { argumentsOf, invocationOf } from "./syntax.ts";

/** Members of domain/transition.ts' `Transition` that stand for writes of their own. */
const GATES = ["journals", "debits", "releasesReference"];

function isGate({ node }: Declaration): boolean {
  for (let up = node; up; up = up.parent)
    if (isTypeAliasDeclaration(up)) return up.name.text === "Transition";
  return false;
}

/** The member of a transition that the expression is, `t.debits` or `t.debits ?? []`. */
function memberIn(sources: Sources, expression: Expression): string[] {
  if (isBinaryExpression(expression)) return memberIn(sources, expression.left);
  if (!isPropertyAccessExpression(expression) || !isIdentifier(expression.name)) return [];
  if (!GATES.includes(expression.name.text)) return [];
  return sources.declarationsOf(expression.name).some(isGate) ? [expression.name.text] : [];
}

/**
 * The members without which the name is not reached: it is called with one, or stands behind one.
 */
export function gatesOf(sources: Sources, name: Identifier): string[] {
  const called = invocationOf(name);
  const gates = called ? argumentsOf(called).flatMap((argument) => memberIn(sources, argument)) : [];
  for (let node: Node = name; node.parent; node = node.parent) {
    const { parent } = node;
    if (isConditionalExpression(parent) && parent.whenTrue === node) {
      gates.push(...memberIn(sources, parent.condition));
    }
  }
  return gates;
}

const isNothing = (value: Expression): boolean =>
  (isArrayLiteralExpression(value) && value.elements.length === 0) || value.kind === SyntaxKind.FalseKeyword;

/** The members that an object literal gives a transition something to write in. */
export function opens(sources: Sources, literal: Node): string[] {
  if (!isObjectLiteralExpression(literal)) return [];
  return literal.properties.flatMap((property) => {
    if (!isPropertyAssignment(property) && !isShorthandPropertyAssignment(property)) return [];
    const name = property.name.getText();
    if (!GATES.includes(name) || (isPropertyAssignment(property) && isNothing(property.initializer)))
      return [];
    const asked = sources.membersAskedOf(literal);
    // Where nothing is asked for, the literal may yet end in a transition.
    return !asked || asked.get(name)?.some(isGate) ? [name] : [];
  });
}
