// Our own judge of a schema finds what a validator for all of JSON Schema finds: ajv, by the files
// of schemas/.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { violations } from "../../functions/lib/contracts/contract.ts";
import type { Contract, Schema } from "../../functions/lib/contracts/schema.ts";
import * as contracts from "../../functions/lib/contracts/schemas.ts";
import { escapePointer } from "../../functions/lib/errors/json-pointer.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "schemas");
/** Nobody sends these: they are files of this repository, and tests check them. */
const OWN_FILES = ["Manifest", "Cells"];
const all: Contract[] = Object.values(contracts);
const byTitle = new Map<string, ValidateFunction>();

beforeAll(() => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, messages: false });
  ajv.addVocabulary(["must_be"]);
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".json"));
  const schemas = files.map((file) => ({ file, ...JSON.parse(readFileSync(join(FOLDER, file), "utf8")) }));
  for (const { file, ...schema } of schemas) ajv.addSchema({ ...schema, $id: `contra:/${file}` });
  for (const { file, title, $defs } of schemas) {
    const validate = $defs ? undefined : ajv.getSchema(`contra:/${file}`);
    if (validate) byTitle.set(title, validate);
  }
});

/** Where ajv finds a rule broken: an error for each rule and place. */
function placesByAjv(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== "propertyNames")
    .map(({ instancePath, params }) => {
      const name = params.additionalProperty ?? params.missingProperty;
      return name === undefined ? instancePath : `${instancePath}/${escapePointer(name)}`;
    })
    .sort();
}

const anything: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 1 });
const mostly = (sound: fc.Arbitrary<unknown>, other = anything): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: sound }, { weight: 1, arbitrary: fc.oneof(other, anything) });

/** Names that a careless reading takes for something else. */
const strangeName = fc.constantFrom(
  ...["a/b~c", "__proto__", "constructor", "toString", "length", "", "x".repeat(41)],
);
const character = fc.constantFrom("x", "😀", "é", "e\u0301", "\n", "\ud800");
const textOf = (...lengths: number[]): fc.Arbitrary<unknown> =>
  fc.tuple(fc.constantFrom(...lengths), character).map(([length, one]) => one.repeat(Math.max(0, length)));

/** Values that mostly keep the schema, and stand at its bounds. */
function near(schema: Schema): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 9, minLength = 0, maxLength = 9, minItems = 0, maxItems = 3 } = schema;
  if (schema.const !== undefined) return mostly(fc.constant(schema.const));
  if (schema.enum) return mostly(fc.constantFrom<string | number>(...schema.enum));
  if (schema.type === "boolean") return mostly(fc.boolean());
  if (schema.type === "object") return mostly(nearObject(schema));
  if (schema.pattern) return mostly(fc.stringMatching(schema.pattern), fc.string());
  if (schema.type === "integer") {
    const around = [minimum - 1, maximum + 1, 0.5, maximum + 0.5, -0, 2 ** 53, 1e300];
    const beyond = [...around, Number.NaN, Number.POSITIVE_INFINITY];
    return mostly(fc.constantFrom(minimum, maximum), fc.constantFrom(...beyond));
  }
  if (schema.type === "array") {
    const few = { minLength: Math.max(0, minItems - 1), maxLength: minItems };
    const item = near(schema.items ?? {});
    return mostly(
      fc.array(item, { minLength: minItems, maxLength: maxItems }),
      fc.oneof(fc.array(item, few), fc.array(item, { minLength: maxItems + 1, maxLength: maxItems + 1 })),
    );
  }
  return mostly(textOf(minLength, maxLength), textOf(minLength - 1, maxLength + 1));
}

function nearObject(schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties, propertyNames, maxProperties = 1 } = schema;
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, near(inner)] as const),
  );
  const whole = fc.record(members, { requiredKeys: [...required] });
  const isOpen = typeof additionalProperties === "object";
  const name = mostly(propertyNames ? near(propertyNames) : strangeName, strangeName);
  const others = fc.dictionary(
    name.map((any) => (typeof any === "string" ? any : "other")),
    isOpen ? near(additionalProperties) : anything,
    { maxKeys: maxProperties + 1, size: "max" },
  );
  const extended = fc.tuple(whole, others).map(([own, more]) => ({ ...more, ...own }));
  return isOpen
    ? mostly(extended)
    : mostly(whole, fc.oneof(fc.record(members, { requiredKeys: [] }), extended));
}

describe("a contract", () => {
  it("is there for every schema that somebody sends", () => {
    const titles = [...byTitle.keys()].filter((title) => !OWN_FILES.includes(title));
    expect(all.map(({ title }) => title).sort()).toEqual(titles.sort());
  });

  it.each(all)("is broken where ajv says so, and nowhere else: $title", (contract) => {
    const validate = byTitle.get(contract.title);
    if (!validate) throw new Error(`ajv knows no ${contract.title}`);
    let kept = 0;
    let broken = 0;
    fc.assert(
      fc.property(near(contract), (value) => {
        const found = violations(contract, value).map(({ pointer = "" }) => pointer);
        expect(found.sort()).toEqual(placesByAjv(validate, value));
        if (found.length === 0) kept++;
        else broken++;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(kept, broken)).toBeGreaterThan(0);
  });
});
