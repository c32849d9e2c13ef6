// What writes a condition and never ran is found, and nothing else.
import { describe, expect, it } from "@jest/globals";
import { sourcesOfConditions, unrun } from "./unmet.ts";

const text = [
  "const isPending = fact.state === 'pending';",
  "const condition = isPending ? 'attribute_not_exists(pk)' : 'id = :id';",
  "log(condition);",
].join("\n");
const whole = { startOffset: 0, endOffset: text.length, count: 1 };
const without = (part: string, count = 0) => {
  const startOffset = text.indexOf(part);
  return { startOffset, endOffset: startOffset + part.length, count };
};
const unmet = (...ranges: Parameters<typeof unrun>[1][number][]) =>
  unrun({ path: `${process.cwd()}/functions/store.ts`, text }, ranges);

describe("code that writes a condition", () => {
  it("is complained about where it never ran, with its place", () => {
    expect(unmet(whole, without(": 'id = :id'"))).toEqual(["functions/store.ts:2: : 'id = :id'"]);
    expect(unmet()).toHaveLength(1);
  });

  it("is not where it ran, though something around it did not", () => {
    expect(unmet(whole)).toEqual([]);
    expect(
      unmet(
        without(text),
        without("const condition = isPending ? 'attribute_not_exists(pk)' : 'id = :id';", 3),
      ),
    ).toEqual([]);
  });

  it("is alone: what writes none may stay unrun", () => {
    expect(unmet(whole, without("log(condition);"))).toEqual([]);
  });

  it("is looked for in every function and store", () => {
    const names = sourcesOfConditions().map(({ path }) => path.replace(/^.*\//, ""));
    expect(names).toEqual(expect.arrayContaining(["conditions.ts", "fact-writes.ts", "dynamodb-books.ts"]));
    expect(names).not.toContain("sweep-cursor.ts");
  });
});
