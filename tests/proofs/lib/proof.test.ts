import { describe, expect, it } from "@jest/globals";
import { claim, demand } from "./claims.ts";
import { Client } from "./client.ts";
import { type Context, prove } from "./proof.ts";

async function provedBy(run: (context: Context) => Promise<void> | void) {
  const lines: string[] = [];
  const proof = { claim: "payments end in balance", run: async (context: Context) => run(context) };
  const first = await prove("balance", proof, new Client(""), 1, (line) => lines.push(line));
  return { first, printed: lines.join("\n") };
}

describe("a proof", () => {
  it("holds when every claim holds", async () => {
    const { first, printed } = await provedBy(({ figure }) => {
      claim.equal("the payment completes", "COMPLETED", "COMPLETED");
      figure("payments", 1);
    });
    expect(first).toBeUndefined();
    expect(printed).toContain("balance: payments end in balance\n  payments  1\n");
    expect(printed).toMatch(/ {2}holds$/);
    expect(printed).not.toContain("FAILED");
  });

  it("says which claim failed first, with what was expected and seen, and then the others", async () => {
    const { first, printed } = await provedBy(() => {
      claim.equal("the payment is accepted", 202, 202);
      claim.equal("the payment completes", "FAILED", "COMPLETED", "payment 7");
      claim.atMost("it takes few transitions", 9, 6);
    });
    expect(first).toBe("the payment completes");
    expect(printed).toContain(
      [
        "  FAILED first: the payment completes",
        "    expected  'COMPLETED'",
        "    seen      'FAILED'",
        "    of        payment 7",
        "  then failed: it takes few transitions",
        "    expected  at most 6",
        "    seen      9",
      ].join("\n"),
    );
    expect(printed).not.toContain("holds");
  });

  it("counts a claim that fails for many payments once, with the first of them", async () => {
    const { printed } = await provedBy(() => {
      for (let payment = 1; payment <= 200; payment++)
        claim.equal("the payment completes", "FAILED", "COMPLETED", `payment ${payment}`);
    });
    expect(printed).toContain("FAILED first: the payment completes (200 times)");
    expect(printed).toContain("payment 1\n".trim());
    expect(printed).not.toContain("payment 2");
  });

  it("ends at a demand that fails, and claims nothing of what would have followed", async () => {
    const { first, printed } = await provedBy(() => {
      demand.equal("the quote is given", 503, 201);
      claim.equal("the payment completes", undefined, "COMPLETED");
    });
    expect(first).toBe("the quote is given");
    expect(printed).not.toContain("then failed");
  });

  it("says what failed before the error that ended it", async () => {
    const { first, printed } = await provedBy(() => {
      claim.equal("the payment completes", "FAILED", "COMPLETED");
      throw new Error("no answer");
    });
    expect(first).toBe("the payment completes");
    expect(printed).toContain(
      "then failed: it comes to its end\n    expected  no error\n    seen      no answer\n",
    );
  });

  it("fails by an error alone", async () => {
    const { first, printed } = await provedBy(() => {
      throw new Error("no answer");
    });
    expect(first).toBe("it comes to its end");
    expect(printed).toContain("FAILED first: it comes to its end");
  });

  it("keeps its claims apart from those of a proof beside it", async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    const [bad, good] = await Promise.all([
      provedBy(async () => {
        await pause();
        claim.equal("the payment completes", "FAILED", "COMPLETED");
      }),
      provedBy(async () => {
        claim.equal("the payment completes", "COMPLETED", "COMPLETED");
        await pause();
      }),
    ]);
    expect([bad.first, good.first]).toEqual(["the payment completes", undefined]);
  });
});

describe("a claim outside of any proof", () => {
  it("is an error when it fails, for nobody would hear of it", () => {
    expect(claim.equal("one is one", 1, 1)).toBe(true);
    expect(() => claim.equal("one is two", 1, 2)).toThrow("one is two: expected 2, saw 1");
  });

  it.each([
    ["equal", claim.equal("", { a: [1n] }, { a: [1n] }), () => claim.equal("", 1, "1")],
    ["one of", claim.oneOf("", 409, [202, 409]), () => claim.oneOf("", 500, [202, 409])],
    ["at most", claim.atMost("", 6, 6), () => claim.atMost("", 7n, 6)],
    ["at least", claim.atLeast("", 1, 1), () => claim.atLeast("", 0, 1)],
    ["nothing", claim.nothing("", []), () => claim.nothing("", ["a hold stands"])],
  ])("holds or fails by %s", (_, holds, fails) => {
    expect(holds).toBe(true);
    expect(fails).toThrow();
  });
});
