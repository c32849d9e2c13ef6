// A condition expression of DynamoDB as a tree, so that one part of it can be taken out. It knows
// the forms that our stores write, and throws for any other.

/** A comparison or a function as it is written, or what NOT, AND and OR make of such. */
export type Condition = { leaf: string } | { not: Condition } | Joined;
type Joined = { joint: "AND" | "OR"; parts: Condition[] };

/** A part of a condition by its name, and the whole without it; undefined when nothing is left. */
export type Removal = { part: string; rest: Condition | undefined };

const TOKEN = /\s*(<>|<=|>=|[=<>(),]|[#:\w.]+)/y;
const FUNCTIONS = ["attribute_exists", "attribute_not_exists", "begins_with"];
const COMPARATORS = ["=", "<>", "<", "<=", ">", ">="];

export const parseCondition = (text: string): Condition => new Reader(text).whole();

class Reader {
  private readonly text: string;
  private readonly tokens: string[] = [];

  constructor(text: string) {
    this.text = text;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) this.tokens.push(TOKEN.exec(text)?.[1] ?? this.unknown());
  }

  whole(): Condition {
    const condition = this.joined("OR");
    return this.tokens.length === 0 ? condition : this.unknown();
  }

  /** OR joins what AND joins, and AND joins single parts. */
  private joined(joint: "AND" | "OR"): Condition {
    const next = (): Condition => (joint === "OR" ? this.joined("AND") : this.single());
    const parts = [next()];
    while (this.tokens[0] === joint) {
      this.take();
      parts.push(next());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { joint, parts };
  }

  private single(): Condition {
    const first = this.take();
    if (first === "NOT") return { not: this.single() };
    if (first === "(") {
      const inner = this.joined("OR");
      this.take(")");
      return inner;
    }
    if (!FUNCTIONS.includes(first)) return { leaf: `${first} ${this.comparator()} ${this.take()}` };
    this.take("(");
    const given = [this.take()];
    while (this.take(",", ")") === ",") given.push(this.take());
    return { leaf: `${first}(${given.join(", ")})` };
  }

  private comparator(): string {
    return this.take(...COMPARATORS);
  }

  /** The next token, which is one of these where any are given. */
  private take(...wanted: string[]): string {
    const token = this.tokens.shift();
    return token !== undefined && (wanted.length === 0 || wanted.includes(token)) ? token : this.unknown();
  }

  private unknown(): never {
    throw new Error(`this proof does not know how to read the condition ${this.text}`);
  }
}

export function textOf(condition: Condition): string {
  if ("leaf" in condition) return condition.leaf;
  if ("not" in condition) return `NOT ${textWithin(condition.not)}`;
  return condition.parts.map(textWithin).join(` ${condition.joint} `);
}

const textWithin = (part: Condition): string => (isJoined(part) ? `(${textOf(part)})` : textOf(part));
const isJoined = (condition: Condition): condition is Joined => "joint" in condition;

/**
 * Each part taken out in turn: whatever AND or OR joins, and the whole where it is no AND. A part
 * of an OR is named so, and a part of an AND that is a part itself by what stands beside it.
 */
export function removals(whole: Condition): Removal[] {
  const isAnd = isJoined(whole) && whole.joint === "AND";
  const name = isJoined(whole) ? "the whole condition" : textOf(whole);
  const all = [
    ...(isAnd ? [] : [{ part: name, rest: undefined }]),
    ...partsBelow(whole, isAnd).map((below) => ({ part: below.name, rest: without(whole, below.part) })),
  ];
  if (new Set(all.map(({ part }) => part)).size < all.length)
    throw new Error(`two parts of this condition have one name: ${textOf(whole)}`);
  return all;
}

type Named = { part: Condition; name: string };

function partsBelow(condition: Condition, isWhole = false): Named[] {
  if ("leaf" in condition) return [];
  if ("not" in condition) return partsBelow(condition.not);
  const { joint, parts } = condition;
  return parts.flatMap((part) => {
    const beside = parts.findLast((other) => other !== part && "leaf" in other);
    const place = joint === "AND" && !isWhole && beside !== undefined ? ` beside ${textOf(beside)}` : "";
    const name = `${joint === "OR" ? "OR " : ""}${textOf(part)}${place}`;
    return [{ part, name }, ...partsBelow(part)];
  });
}

/** Parts are told apart by what they are, not by what they say. */
function without(condition: Condition, part: Condition): Condition | undefined {
  if (condition === part) return undefined;
  if ("leaf" in condition) return condition;
  if ("not" in condition) {
    const inner = without(condition.not, part);
    return inner === undefined ? undefined : { not: inner };
  }
  const left = condition.parts.map((one) => without(one, part)).filter((one) => one !== undefined);
  return left.length > 1 ? { joint: condition.joint, parts: left } : left[0];
}
