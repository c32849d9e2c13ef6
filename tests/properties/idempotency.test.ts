// Ids and fingerprints: the same request is the same, and no two different ones are.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { differingMembers, fingerprintOf, idFor, parseKey } from "../../functions/lib/domain/idempotency.ts";

const text = fc.string({ maxLength: 12 });
const parts = fc.tuple(text, text, text);
const body = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }) as fc.Arbitrary<
  Record<string, unknown>
>;
/** Keys that need no quotes. */
const bareKey = fc
  .stringMatching(/^[\x20-\x7e]{1,255}$/)
  .filter((key) => key === key.trim() && key !== "" && !/[",]/.test(key));

/** The same value with the members of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

describe("an id", () => {
  it("differs whenever operation, merchant or key differ", () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(idFor(...one) === idFor(...other)).toBe(one.join("\0") === other.join("\0"));
      }),
    );
  });

  it("differs when the same characters are cut at another place", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 2, maxLength: 20 }), fc.nat(), fc.nat(), (all, a, b) => {
        const [one, other] = [a % all.length, b % all.length];
        fc.pre(one !== other);
        const cut = (at: number) => idFor("create-payment", all.slice(0, at), all.slice(at));
        expect(cut(one)).not.toBe(cut(other));
      }),
    );
  });

  it("is always a UUID of version 8", () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    fc.assert(fc.property(parts, (one) => uuid.test(idFor(...one))));
  });
});

describe("a fingerprint", () => {
  it("does not depend on the order of members, at any depth, nor on whitespace", () => {
    fc.assert(
      fc.property(body, (sent) => {
        const spaced = JSON.parse(JSON.stringify(reversed(sent), null, 4));
        expect(fingerprintOf(spaced).body).toBe(fingerprintOf(JSON.parse(JSON.stringify(sent))).body);
        expect(differingMembers(fingerprintOf(sent), fingerprintOf(spaced))).toEqual([]);
      }),
    );
  });

  it("differs by exactly the member that was changed", () => {
    fc.assert(
      fc.property(body, fc.string(), fc.jsonValue(), fc.jsonValue(), (rest, name, before, after) => {
        fc.pre(JSON.stringify(reversed(before)) !== JSON.stringify(reversed(after)));
        const [one, other] = [before, after].map((value) => fingerprintOf({ ...rest, [name]: value }));
        if (!one || !other || one.body === other.body) return;
        expect(differingMembers(one, other)).toEqual([name]);
      }),
    );
  });

  it("differs in the same members whichever came first", () => {
    fc.assert(
      fc.property(body, body, (one, other) => {
        const [a, b] = [fingerprintOf(one), fingerprintOf(other)];
        expect(differingMembers(a, b)).toEqual(differingMembers(b, a));
      }),
    );
  });
});

describe("an idempotency key", () => {
  it("is the same bare and quoted", () => {
    fc.assert(
      fc.property(bareKey, (key) => {
        fc.pre(!key.includes("\\"));
        expect(parseKey(key)).toEqual({ key });
        expect(parseKey(`"${key}"`)).toEqual({ key });
      }),
    );
  });

  it("can be any printable text when it is quoted and escaped", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e]{1,255}$/), (key) => {
        fc.pre(key.trim() !== "");
        expect(parseKey(`"${key.replace(/["\\]/g, "\\$&")}"`)).toEqual({ key });
      }),
    );
  });

  it("is never two keys: a header sent twice is refused", () => {
    fc.assert(
      fc.property(bareKey, bareKey, (one, other) => {
        expect(parseKey(`${one}, ${other}`)).toHaveProperty("wrong");
        expect(parseKey(`"${one}", "${other}"`)).toHaveProperty("wrong");
      }),
    );
  });

  it("never throws, whatever stands in the header", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (header) => parseKey(header) !== undefined));
  });
});
