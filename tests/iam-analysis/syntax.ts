// The grain of the call graph: a unit is a top-level declaration of a module, or a member of a
// class. What stands inside a unit is taken to run whenever the unit does.
import type {
  ArrowFunction,
  CallExpression,
  ClassDeclaration,
  Expression,
  FunctionExpression,
  Identifier,
  NewExpression,
  Node,
  ParameterDeclaration,
} from "typescript/unstable/ast";
import {
  isArrowFunction,
  isCallExpression,
  isClassDeclaration,
  isConstructorDeclaration,
  isExpressionStatement,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isMethodDeclaration,
  isNewExpression,
  isPropertyAccessExpression,
  isSourceFile,
  isTypeNode,
  isVariableDeclaration,
  isVariableStatement,
} from "typescript/unstable/ast";

export type Invocation = CallExpression | NewExpression;

function isUnit(node: Node): boolean {
  if (isVariableDeclaration(node)) return isSourceFile(node.parent.parent.parent);
  if (isVariableStatement(node)) return false;
  return isSourceFile(node.parent) || (isClassDeclaration(node.parent) && isSourceFile(node.parent.parent));
}

/** The unit that a node of our code belongs to. */
export function unitOf(node: Node): Node {
  let unit = node;
  while (!isUnit(unit)) unit = unit.parent;
  return unit;
}

/**
 * What runs as soon as the module is loaded: everything at its top that is neither a function nor
 * made by the first who asks.
 */
export function runsOnLoad(unit: Node): boolean {
  if (!isVariableDeclaration(unit)) return isExpressionStatement(unit);
  const { initializer } = unit;
  return initializer !== undefined && !isFunction(initializer) && !isBuiltWhenAsked(initializer);
}

/** A member of functions/lib/wiring.ts. */
const isBuiltWhenAsked = (node: Node): boolean => isCallExpression(node) && calleeOf(node)?.text === "once";

/**
 * Calls `see` for every node of the unit that may run: no types, and nothing of another unit
 * inside.
 */
export function walk(unit: Node, see: (node: Node) => void): void {
  const visit = (node: Node): undefined => {
    if (isTypeNode(node) || (node !== unit && isUnit(node))) return;
    see(node);
    node.forEachChild(visit);
  };
  visit(unit);
}

export function unitsOf(file: Node): Node[] {
  const units: Node[] = [];
  const visit = (node: Node): undefined => {
    if (node !== file && isUnit(node)) units.push(node);
    if (node === file || isClassDeclaration(node) || !isUnit(node)) node.forEachChild(visit);
  };
  visit(file);
  return units;
}

const isFunction = (node: Node): node is ArrowFunction | FunctionExpression =>
  isArrowFunction(node) || isFunctionExpression(node);

/** The parameters of what a declaration declares, where that can be called or constructed. */
export function parametersOf(declaration: Node): readonly ParameterDeclaration[] {
  if (isClassDeclaration(declaration)) return constructorOf(declaration)?.parameters ?? [];
  if (isVariableDeclaration(declaration)) {
    const { initializer } = declaration;
    return initializer && isFunction(initializer) ? initializer.parameters : [];
  }
  return isFunctionDeclaration(declaration) || isMethodDeclaration(declaration) ? declaration.parameters : [];
}

const constructorOf = (declaration: ClassDeclaration) => declaration.members.find(isConstructorDeclaration);

/** The call or construction whose callee the name is: `f(…)`, `a.f(…)`, `new F(…)`. */
export function invocationOf(name: Identifier): Invocation | undefined {
  const callee = isPropertyAccessExpression(name.parent) && name.parent.name === name ? name.parent : name;
  const { parent } = callee;
  return (isCallExpression(parent) || isNewExpression(parent)) && parent.expression === callee
    ? parent
    : undefined;
}

/** The name of what is called: the last one of `a.b.c`. */
export function calleeOf({ expression }: Invocation): Identifier | undefined {
  if (isPropertyAccessExpression(expression)) {
    return isIdentifier(expression.name) ? expression.name : undefined;
  }
  return isIdentifier(expression) ? expression : undefined;
}

export const argumentsOf = (invocation: Invocation): readonly Expression[] => invocation.arguments ?? [];
