// What an expression can be: a text, the name of a resource, or an object literal. It is followed
// through constants, parameters, fields and calls to where it was written down. Only what can run
// is asked for, so every answer is one that can happen.
import type {
  CallExpression,
  ClassDeclaration,
  Expression,
  Identifier,
  Node,
  ObjectLiteralExpression,
  PropertyAccessExpression,
  PropertyDeclaration,
  TemplateExpression,
} from "typescript/unstable/ast";
import {
  isArrowFunction,
  isAsExpression,
  isBinaryExpression,
  isBindingElement,
  isBlock,
  isCallExpression,
  isComputedPropertyName,
  isConditionalExpression,
  isConstructorDeclaration,
  isIdentifier,
  isNoSubstitutionTemplateLiteral,
  isObjectLiteralExpression,
  isParameterDeclaration,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isPropertyDeclaration,
  isReturnStatement,
  isShorthandPropertyAssignment,
  isSpreadAssignment,
  isStringLiteral,
  isTemplateExpression,
  isVariableDeclaration,
  SyntaxKind,
} from "typescript/unstable/ast";
import type { Passed } from "./reach.ts";
import type { Sources } from "./sources.ts";
import { calleeOf, walk } from "./syntax.ts";

/**
 * `tables:payments`, `machines:*-payment` (a `*` where the text is not known before it runs),
 * `switches:`.
 */
export type Value = string | ObjectLiteralExpression;

/**
 * The functions of runtime/config.ts that compose a resource's name, and the manifest's section
 * that it is in.
 */
const NAMING: Record<string, string> = {
  tableName: "tables",
  queueUrl: "queues",
  busName: "bus",
  machineArn: "machines",
  executionArn: "machines",
  secretName: "secrets",
  switchPath: "switches",
};
/** Stands for a text that is not known before it runs. */
export const ANY = "*";
const CONFIG = /\/functions\/lib\/runtime\/config\.ts$/;

export class Values {
  private readonly sources: Sources;
  private readonly passed: Passed;
  private readonly under = new Set<Node>();

  constructor(sources: Sources, passed: Passed) {
    this.sources = sources;
    this.passed = passed;
  }

  /** Everything that the expression can be, as far as it can be followed. */
  of(expression: Expression): Value[] {
    if (this.under.has(expression)) return [];
    this.under.add(expression);
    const values = this.follow(expression);
    this.under.delete(expression);
    return [...new Set(values)];
  }

  texts(expression: Expression): string[] {
    return this.of(expression).filter((value) => typeof value === "string");
  }

  literals(expression: Expression): ObjectLiteralExpression[] {
    return this.of(expression).filter((value) => typeof value !== "string");
  }

  /** What the literal's property can be, what is spread into the literal included. */
  property(literal: ObjectLiteralExpression, name: string): Value[] {
    return literal.properties.flatMap((property) => {
      if (isSpreadAssignment(property)) {
        return this.literals(property.expression).flatMap((spread) => this.property(spread, name));
      }
      if (!property.name || property.name.getText() !== name) return [];
      if (isShorthandPropertyAssignment(property)) return this.meaning(property.name as Identifier);
      return isPropertyAssignment(property) ? this.of(property.initializer) : [];
    });
  }

  textsIn(literal: ObjectLiteralExpression, name: string): string[] {
    return this.property(literal, name).filter((value) => typeof value === "string");
  }

  literalsIn(literal: ObjectLiteralExpression, name: string): ObjectLiteralExpression[] {
    return this.property(literal, name).filter((value) => typeof value !== "string");
  }

  /** What the literal's computed keys can be: `{ [table]: … }`. */
  keys(literal: ObjectLiteralExpression): string[] {
    return literal.properties.flatMap((property) =>
      isPropertyAssignment(property) && isComputedPropertyName(property.name)
        ? this.texts(property.name.expression)
        : [],
    );
  }

  private follow(expression: Expression): Value[] {
    if (isStringLiteral(expression) || isNoSubstitutionTemplateLiteral(expression)) return [expression.text];
    if (isObjectLiteralExpression(expression)) return [expression];
    if (isParenthesizedExpression(expression) || isAsExpression(expression))
      return this.of(expression.expression);
    if (isConditionalExpression(expression)) {
      return [expression.whenTrue, expression.whenFalse].flatMap((one) => this.of(one));
    }
    if (isBinaryExpression(expression)) {
      const isChoice = expression.operatorToken.kind === SyntaxKind.QuestionQuestionToken;
      return isChoice ? [expression.left, expression.right].flatMap((one) => this.of(one)) : [];
    }
    if (isTemplateExpression(expression)) return this.template(expression);
    if (isIdentifier(expression)) return this.meaning(expression);
    if (isPropertyAccessExpression(expression)) return this.access(expression);
    return isCallExpression(expression) ? this.call(expression) : [];
  }

  private template({ head, templateSpans }: TemplateExpression): string[] {
    return templateSpans.reduce<string[]>(
      (texts, { expression, literal }) => {
        const inside = this.texts(expression);
        const parts = inside.length > 0 ? inside : [ANY];
        return texts.flatMap((text) => parts.map((part) => `${text}${part}${literal.text}`));
      },
      [head.text],
    );
  }

  private meaning(name: Identifier): Value[] {
    return this.sources.declarationsOf(name).flatMap(({ node }) => (node ? this.declared(node) : []));
  }

  private declared(node: Node): Value[] {
    if (isParameterDeclaration(node)) {
      return (this.passed.get(node) ?? []).flatMap((value) => this.of(value));
    }
    if (isVariableDeclaration(node)) return node.initializer ? this.of(node.initializer) : [];
    if (isPropertyDeclaration(node)) return this.assigned(node);
    if (!isBindingElement(node)) return [];
    const key = (node.propertyName ?? node.name)?.getText() ?? "";
    const whole = this.declared(node.parent.parent);
    return whole.flatMap((value) => (typeof value === "string" ? [] : this.property(value, key)));
  }

  private access({ expression, name }: PropertyAccessExpression): Value[] {
    const fields = this.sources.declarationsOf(name as Identifier).flatMap(({ node }) => node ?? []);
    const own = fields.filter(isPropertyDeclaration).flatMap((field) => this.assigned(field));
    return [...own, ...this.literals(expression).flatMap((whole) => this.property(whole, name.text))];
  }

  /** What the class's constructor makes of a field. */
  private assigned(field: PropertyDeclaration): Value[] {
    const found = field.initializer ? this.of(field.initializer) : [];
    const target = `this.${field.name.getText()}`;
    for (const member of (field.parent as ClassDeclaration).members) {
      if (!isConstructorDeclaration(member)) continue;
      walk(member, (node) => {
        if (isBinaryExpression(node) && node.left.getText() === target) found.push(...this.of(node.right));
      });
    }
    return found;
  }

  private call(call: CallExpression): Value[] {
    const callee = calleeOf(call);
    return (callee ? this.sources.declarationsOf(callee) : []).flatMap(({ path, node }) => {
      const section = CONFIG.test(path) ? NAMING[callee?.text ?? ""] : undefined;
      if (section) return this.named(section, call.arguments[0]);
      return node ? this.returned(node) : [];
    });
  }

  private named(section: string, name: Expression | undefined): string[] {
    if (!name) return [`${section}:`];
    const texts = this.texts(name);
    return (texts.length > 0 ? texts : [ANY]).map((text) => `${section}:${text}`);
  }

  private returned(declaration: Node): Value[] {
    const body = isVariableDeclaration(declaration) ? declaration.initializer : declaration;
    if (body && isArrowFunction(body) && !isBlock(body.body)) return this.of(body.body);
    const found: Value[] = [];
    walk(declaration, (node) => {
      if (isReturnStatement(node) && node.expression) found.push(...this.of(node.expression));
    });
    return found;
  }
}
