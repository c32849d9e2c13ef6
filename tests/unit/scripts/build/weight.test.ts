// What a bundle may weigh, and what makes it heavy.
import { describe, expect, it } from "@jest/globals";
import type { Zipped } from "../../../../scripts/build/build.ts";
import { BUDGET, heaviest, overBudget } from "../../../../scripts/build/weight.ts";

const SDK = { "node_modules/@aws-sdk/client-sqs/dist-es/index.js": 10 };

const built = (zipBytes: number, inputs: Zipped["inputs"] = {}): Zipped => ({
  name: "a-function",
  bytes: 4 * zipBytes,
  zipBytes,
  inputs,
});

describe("a bundle", () => {
  it("may be as heavy as its budget", () => {
    expect(overBudget([built(BUDGET.without), built(BUDGET.withSdk, SDK)])).toEqual([]);
  });

  it("is refused above the budget of a function that talks to AWS", () => {
    const message = `a-function is ${BUDGET.withSdk + 1} bytes zipped, above ${BUDGET.withSdk}`;
    expect(overBudget([built(BUDGET.withSdk + 1, SDK)])).toEqual([message]);
  });

  it("is refused above the lesser budget of a function that does not", () => {
    expect(overBudget([built(BUDGET.without + 1)])).toHaveLength(1);
    expect(overBudget([built(BUDGET.without + 1, SDK)])).toEqual([]);
  });

  it("is heavy with packages and with layers of our own, the heaviest first", () => {
    const inputs = {
      "functions/lib/domain/money.ts": 1,
      "functions/lib/adapters/dynamodb/item.ts": 2,
      "functions/lib/adapters/dynamodb/client.ts": 3,
      "node_modules/@aws-sdk/core/dist-es/a.js": 4,
      "node_modules/@aws-sdk/core/node_modules/semver/b.js": 20,
      "node_modules/semver/c.js": 30,
    };
    expect(heaviest(inputs, 3)).toEqual([
      ["semver", 50],
      ["functions/lib/adapters", 5],
      ["@aws-sdk/core", 4],
    ]);
  });
});
