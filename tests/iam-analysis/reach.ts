// What can run in one function: from its handler on, through every name that its code uses. A call
// on a port reaches that method of the classes which implement the port and are constructed there,
// and none of their other methods.
import type {
  ClassDeclaration,
  Expression,
  Identifier,
  InterfaceDeclaration,
  Node,
  ParameterDeclaration,
} from "typescript/unstable/ast";
import {
  isClassDeclaration,
  isConstructorDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isObjectLiteralExpression,
  isPropertyDeclaration,
  isSourceFile,
  SyntaxKind,
} from "typescript/unstable/ast";
import { gatesOf, opens } from "./gates.ts";
import type { Sources } from "./sources.ts";
import {
  argumentsOf,
  type Invocation,
  invocationOf,
  parametersOf,
  runsOnLoad,
  unitOf,
  unitsOf,
  walk,
} from "./syntax.ts";

/** What is passed for each parameter, by all who call. */
export type Passed = Map<ParameterDeclaration, Expression[]>;
export type Reached = { units: Set<Node>; passed: Passed };

export function reach(sources: Sources, handler: string): Reached {
  return new Reach(sources).from(handler);
}

class Reach {
  private readonly sources: Sources;
  private readonly units = new Set<Node>();
  private readonly loaded = new Set<Node>();
  private readonly passed: Passed = new Map();
  private readonly constructed = new Set<ClassDeclaration>();
  private readonly lineages = new Map<ClassDeclaration, ClassDeclaration[]>();
  private readonly ports = new Map<ClassDeclaration, Set<Node>>();
  /** Calls on ports, kept for the classes that are constructed later. */
  private readonly asked: { port: Node; method: string; call: Invocation | undefined }[] = [];
  private readonly open = new Set<string>();
  private waiting: { gates: string[]; name: Identifier }[] = [];

  constructor(sources: Sources) {
    this.sources = sources;
  }

  from(handler: string): Reached {
    for (const unit of unitsOf(this.sources.file(handler))) this.enter(unit);
    for (const unit of this.units) this.readThrough(unit);
    return { units: this.units, passed: this.passed };
  }

  /**
   * A set is walked in the order in which it grows, so that what is entered while another unit is
   * read has its turn.
   */
  private enter(unit: Node): void {
    this.units.add(unit);
  }

  private readThrough(unit: Node): void {
    this.load(unit.getSourceFile());
    walk(unit, (node) => {
      if (isObjectLiteralExpression(node)) this.openGates(opens(this.sources, node));
      if (!isIdentifier(node)) return;
      const gates = gatesOf(this.sources, node).filter((gate) => !this.open.has(gate));
      if (gates.length > 0) this.waiting.push({ gates, name: node });
      else this.follow(node);
    });
  }

  private load(file: Node): void {
    if (this.loaded.has(file)) return;
    this.loaded.add(file);
    for (const unit of unitsOf(file)) if (runsOnLoad(unit)) this.enter(unit);
  }

  private openGates(gates: string[]): void {
    for (const gate of gates) this.open.add(gate);
    const { waiting } = this;
    const isShut = (one: { gates: string[] }): boolean => one.gates.some((gate) => !this.open.has(gate));
    this.waiting = waiting.filter(isShut);
    for (const one of waiting) if (!isShut(one)) this.follow(one.name);
  }

  private follow(name: Identifier): void {
    const call = invocationOf(name);
    for (const { node } of this.sources.declarationsOf(name)) {
      if (node && isRunnable(node)) this.use(node, call);
    }
  }

  private use(declaration: Node, call: Invocation | undefined): void {
    if (call) this.pass(declaration, call);
    if (isInterfaceDeclaration(declaration.parent)) {
      const method = (declaration as { name?: Node }).name?.getText() ?? "";
      this.asked.push({ port: declaration.parent, method, call });
      for (const one of this.constructed) this.answer(one, declaration.parent, method, call);
    } else if (isClassDeclaration(declaration)) {
      this.construct(declaration);
    } else {
      this.enter(unitOf(declaration));
    }
  }

  private pass(declaration: Node, call: Invocation): void {
    const values = argumentsOf(call);
    parametersOf(declaration).forEach((parameter, index) => {
      const value = values[index] ?? parameter.initializer;
      if (value) this.passed.set(parameter, [...(this.passed.get(parameter) ?? []), value]);
    });
  }

  private construct(declaration: ClassDeclaration): void {
    if (this.constructed.has(declaration)) return;
    this.constructed.add(declaration);
    for (const one of this.lineageOf(declaration)) {
      this.enter(one);
      for (const member of one.members) {
        if (isConstructorDeclaration(member) || isPropertyDeclaration(member)) this.enter(member);
      }
    }
    for (const { port, method, call } of this.asked) this.answer(declaration, port, method, call);
  }

  /**
   * The class and those that it extends, itself first: what stands nearer hides what stands behind.
   */
  private lineageOf(declaration: ClassDeclaration): ClassDeclaration[] {
    const known = this.lineages.get(declaration);
    if (known) return known;
    const bases = this.named(declaration, SyntaxKind.ExtendsKeyword).filter(isClassDeclaration);
    const lineage = [declaration, ...bases.flatMap((base) => this.lineageOf(base))];
    this.lineages.set(declaration, lineage);
    return lineage;
  }

  /** The ports that the class is one of. */
  private portsOf(declaration: ClassDeclaration): Set<Node> {
    const known = this.ports.get(declaration);
    if (known) return known;
    const ports = new Set<Node>();
    for (const one of this.lineageOf(declaration))
      for (const port of this.named(one, SyntaxKind.ImplementsKeyword)) this.addPort(port, ports);
    this.ports.set(declaration, ports);
    return ports;
  }

  private addPort(port: Node, ports: Set<Node>): void {
    if (ports.has(port)) return;
    ports.add(port);
    if (!isInterfaceDeclaration(port)) return;
    for (const base of this.named(port, SyntaxKind.ExtendsKeyword)) this.addPort(base, ports);
  }

  private answer(by: ClassDeclaration, port: Node, method: string, call: Invocation | undefined): void {
    if (!this.portsOf(by).has(port)) return;
    const lineage = this.lineageOf(by);
    const members = lineage.flatMap((one) => [...one.members]);
    const member = members.find((one) => isMethodDeclaration(one) && one.name.getText() === method);
    if (member) this.use(member, call);
  }

  /** What a class or an interface names after `extends` or `implements`. */
  private named(declaration: ClassDeclaration | InterfaceDeclaration, keyword: SyntaxKind): Node[] {
    const clauses = declaration.heritageClauses?.filter(({ token }) => token === keyword) ?? [];
    return clauses
      .flatMap(({ types }) => types.map(({ expression }) => expression))
      .filter(isIdentifier)
      .flatMap((name) => this.sources.declarationsOf(name))
      .flatMap(({ node }) => (node ? [node] : []));
  }
}

/**
 * A thing at a module's top, a member of a class, or a method of a port; not a local name, and no
 * field of a type.
 */
function isRunnable(declaration: Node): boolean {
  if (isSourceFile(declaration)) return false;
  if (isInterfaceDeclaration(declaration.parent)) return true;
  return unitOf(declaration) === declaration && !isPropertyDeclaration(declaration);
}
