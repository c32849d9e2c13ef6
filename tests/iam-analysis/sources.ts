// The functions' sources as the compiler understands them: what every name in them means. The
// compiler is the pinned TypeScript's own; its API is marked unstable, so this file and syntax.ts
// are the only ones that know it.
import { join } from "node:path";
import type { Identifier, Node, ObjectLiteralExpression, SourceFile } from "typescript/unstable/ast";
import { isIdentifier, isShorthandPropertyAssignment } from "typescript/unstable/ast";
import { API, type Symbol as Meaning, type Project, SymbolFlags } from "typescript/unstable/sync";

/** What a name means: a node of our own code, or the path of a package's declaration. */
export type Declaration = { path: string; node?: Node };

/** The compiler's process, which reads the sources once and then only what changed. */
export class Compiler {
  private readonly root: string;
  private readonly api: API;
  /** Sources that are read otherwise than they lie there, by their absolute path. */
  private texts = new Map<string, string>();

  constructor(root: string) {
    this.root = root;
    this.api = new API({ cwd: root, fs: { readFile: (path) => this.texts.get(path) } });
  }

  /**
   * The sources as they are, or with some of them, by path, `changed`: how a test shows that a
   * mistake is caught.
   */
  read(changed: Record<string, string> = {}): Sources {
    const before = this.texts;
    this.texts = new Map(Object.entries(changed).map(([path, text]) => [join(this.root, path), text]));
    const config = join(this.root, "functions/tsconfig.json");
    const fileChanges = { changed: [...before.keys(), ...this.texts.keys()] };
    const project = this.api.updateSnapshot({ openProjects: [config], fileChanges }).getProject(config);
    if (!project) throw new Error(`${config} opens no project`);
    return new Sources(project, `${this.root}/functions/`);
  }

  close(): void {
    this.api.close();
  }
}

export class Sources {
  private readonly project: Project;
  /** Where our own sources begin; everything else is a package. */
  private readonly functions: string;
  private readonly meanings = new Map<Node, Meaning | undefined>();
  private readonly aliased = new Map<Meaning, Meaning>();
  private readonly files = new Set<SourceFile>();
  private readonly declarations = new Map<Meaning, Declaration[]>();
  private readonly asked = new Map<Node, Map<string, Declaration[]> | undefined>();

  constructor(project: Project, functions: string) {
    this.project = project;
    this.functions = functions;
  }

  file(path: string): SourceFile {
    const file = this.project.program.getSourceFile(join(this.functions, "..", path));
    if (!file) throw new Error(`${path} belongs to no project`);
    return file;
  }

  /** What the name means, imports followed to where the thing is declared. */
  declarationsOf(name: Identifier): Declaration[] {
    const meaning = this.meaningOf(name);
    return meaning ? this.declared(meaning) : [];
  }

  /**
   * The members of the type that the place of an object literal asks for, by name; undefined where
   * it asks for none.
   */
  membersAskedOf(literal: ObjectLiteralExpression): Map<string, Declaration[]> | undefined {
    if (!this.asked.has(literal)) {
      const { checker } = this.project;
      const type = checker.getContextualType(literal);
      const members = type && checker.getPropertiesOfType(type);
      this.asked.set(literal, members && new Map(members.map((one) => [one.name, this.declared(one)])));
    }
    return this.asked.get(literal);
  }

  private isOurs(path: string): boolean {
    return path.startsWith(this.functions) && !path.endsWith(".json");
  }

  private declared(meaning: Meaning): Declaration[] {
    const known = this.declarations.get(meaning);
    if (known) return known;
    const found = meaning.declarations.map((handle): Declaration => {
      const node = this.isOurs(handle.path) ? handle.resolve(this.project) : undefined;
      return node ? { path: handle.path, node } : { path: handle.path };
    });
    this.declarations.set(meaning, found);
    return found;
  }

  /** One question per file: each is a message to the compiler's process. */
  private meaningOf(name: Identifier): Meaning | undefined {
    const file = name.getSourceFile();
    if (!this.files.has(file)) {
      this.files.add(file);
      const names: Identifier[] = [];
      const collect = (node: Node): undefined => {
        if (isIdentifier(node)) names.push(node);
        node.forEachChild(collect);
      };
      collect(file);
      const found = this.project.checker.getSymbolAtLocation(names);
      names.forEach((one, index) => {
        this.meanings.set(one, this.followed(one, found[index]));
      });
    }
    return this.meanings.get(name);
  }

  private followed(name: Identifier, found: Meaning | undefined): Meaning | undefined {
    const { checker } = this.project;
    const meaning = isShorthandPropertyAssignment(name.parent)
      ? checker.getShorthandAssignmentValueSymbol(name.parent)
      : found;
    if (!meaning || !(meaning.flags & SymbolFlags.Alias)) return meaning;
    const known = this.aliased.get(meaning) ?? checker.getAliasedSymbol(meaning);
    this.aliased.set(meaning, known);
    return known;
  }
}
