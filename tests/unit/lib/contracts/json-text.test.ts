// JSON that could be read in two ways: where it is, in any writing and at any depth; and nothing is
// found in what can be read in one way alone.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MOST_NESTED, readJson } from "../../../../functions/lib/contracts/json-text.ts";
import { pointerTo } from "../../../../functions/lib/errors/json-pointer.ts";

/** Another writing of a name. */
const escaped = (name: string): string =>
  Array.from({ length: name.length }, (_, at) => name.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("");

const faultsOf = (text: string) =>
  readJson(text).faults.map(({ path, fault }) => `${pointerTo(path)} ${fault}`);

describe("a name that stands twice", () => {
  it.each([
    ["in the same writing", '{"a":1,"a":1}', "/a twice"],
    ["escaped once", '{"a":1,"\\u0061":2}', "/a twice"],
    ["escaped twice, in capitals", '{"\\u004A":1,"\\u004a":2}', "/J twice"],
    ["as a solidus", '{"a\\/b":1,"a/b":2}', "/a~1b twice"],
    ["below another", '{"x":{"a":1},"a":{"a":1,"b":{},"a":2}}', "/a/a twice"],
    ["in a list", '[{"a":1},[{"a":1, "a" :2}]]', "/1/0/a twice"],
    ["after an object", '{"a":{"b":1},"c":[1,2],"a":2}', "/a twice"],
    ["as a name of every object", '{"__proto__":1,"__proto__":2}', "/__proto__ twice"],
    ["as nothing", '{"":1,"":2}', "/ twice"],
    ["with marks of JSON in it", '{"a\\",{[":1,"a\\",{[":2}', '/a",{[ twice'],
  ])("is found %s", (_, text, found) => {
    expect(faultsOf(text)).toEqual([found]);
  });

  it("is found each time", () => {
    expect(faultsOf('{"a":1,"a":2,"b":3,"a":4,"b":5}')).toEqual(["/a twice", "/a twice", "/b twice"]);
  });

  it.each([
    ["in neighbours", '[{"a":1},{"a":1}]'],
    ["above and below", '{"a":{"a":{"a":1}}}'],
    ["as a value", '{"a":"a","b":"a"}'],
    ["in another case", '{"a":1,"A":2}'],
    ["in another normal form", '{"\\u00e9":1,"e\\u0301":2}'],
  ])("is not seen %s", (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  it("is found wherever it is put into any JSON", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), fc.jsonValue(), (path, name, value) => {
        const json = JSON.stringify(value);
        const inner = `{${JSON.stringify(name)} : ${json},"${escaped(name)}":${json}}`;
        const text = path.reduceRight((below, key) => `[0,{${JSON.stringify(key)}:${below}}]`, inner);
        const twice = readJson(text).faults.filter(({ fault }) => fault === "twice");
        expect(twice).toHaveLength(1);
      }),
    );
  });
});

describe("a number that is not kept", () => {
  it.each([
    "499.99999999999999999",
    "9007199254740993",
    "-9007199254740993",
    "1e400",
    "-1e400",
    "1e-400",
    "0.1000000000000000055511151231257827",
    `1${"0".repeat(400)}`,
    "12345678901234567890",
    "1e99999999999999999999",
  ])("is found: %s", (number) => {
    expect(faultsOf(`{"a":[true,${number}]}`)).toEqual(["/a/1 inexact"]);
  });

  it.each([
    "0",
    "-0",
    "0.0",
    "0e999999",
    "500",
    "500.0",
    "5e2",
    "5E+2",
    "0.1",
    "1e23",
    "9007199254740992",
    "999999999999.000",
    "5e-324",
    "1.7976931348623157e308",
    "100000000000000000000000",
  ])("is not seen in %s", (number) => {
    expect(faultsOf(number)).toEqual([]);
  });

  it("is found exactly where the digits do not come back", () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,24}$/);
    fc.assert(
      fc.property(digits, (whole) => {
        expect(faultsOf(whole).length === 0).toBe(wholeOf(Number(whole)) === BigInt(whole));
      }),
    );
  });
});

/** The integer that a number is written as: 1e23 is one of 24 digits, and its bits are another. */
function wholeOf(number: number): bigint {
  const [mantissa = "", power = "0"] = String(number).split("e+");
  const [head = "", tail = ""] = mantissa.split(".");
  return BigInt(head + tail.padEnd(Number(power), "0"));
}

describe("U+FFFD", () => {
  it.each([
    ["in a value", '{"a":["x\ufffd"]}', ["/a/0 replaced"]],
    ["escaped", '{"a":"\\uFFFD"}', ["/a replaced"]],
    ["in a name", '{"b":{"\ufffd":1}}', ["/b/\ufffd replaced"]],
    ["alone", '"\ufffd"', [" replaced"]],
  ])("is found %s", (_, text, found) => {
    expect(faultsOf(text)).toEqual(found);
  });
});

describe("what is nested too deeply", () => {
  const nested = (deep: number) => `${'{"a":['.repeat(deep / 2)}${"]}".repeat(deep / 2)}`;

  it("has no value, so that nobody can walk it", () => {
    expect(readJson(nested(MOST_NESTED)).faults).toEqual([]);
    const deeper = readJson(`[1e400,${nested(MOST_NESTED)}]`);
    expect(deeper).toEqual({ value: undefined, faults: [expect.objectContaining({ fault: "deep" })] });
  });

  it("costs nothing more, however deep it is", () => {
    for (const open of ["[", '{"a":']) {
      const text = `${open.repeat(200_000)}1${(open === "[" ? "]" : "}").repeat(200_000)}`;
      expect(readJson(text).faults).toHaveLength(1);
    }
  });
});

describe("a reader of JSON", () => {
  it("finds nothing in what JSON.stringify writes, and gives what JSON.parse gives", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false }),
        fc.constantFrom(undefined, 2, "\t"),
        (value, space) => {
          const text = JSON.stringify(value, undefined, space);
          fc.pre(!text.includes("\ufffd"));
          const read = readJson(text);
          expect(read.faults).toEqual([]);
          expect(read.value).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it("takes and refuses the texts that JSON.parse takes and refuses", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((text) => text.slice(1)),
        ),
        (text) => {
          const outcome = (read: (given: string) => unknown) => {
            try {
              read(text);
              return "taken";
            } catch (error) {
              return (error as Error).name;
            }
          };
          expect(outcome(readJson)).toBe(outcome(JSON.parse));
        },
      ),
    );
  });

  it("takes its time in proportion to the text", () => {
    const costly = [
      `"${"\\\\".repeat(32_000)}"`,
      `[${"1,".repeat(32_000)}1]`,
      `{${Array.from({ length: 9_000 }, (_, at) => `"${at}":0`).join()}}`,
      `[1${"0".repeat(64_000)}]`,
      `[0.${"0".repeat(64_000)}1]`,
      " ".repeat(64_000).concat("1"),
    ];
    for (const text of costly) {
      const began = process.cpuUsage().user;
      readJson(text);
      expect(process.cpuUsage().user - began).toBeLessThan(500_000);
    }
  });
});
