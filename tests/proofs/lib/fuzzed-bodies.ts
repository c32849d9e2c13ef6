// Bodies that no route may take: a good one with one thing wrong. What is wrong with it is wrong
// whatever else it holds, so that none of them is taken by luck.
import fc from "fast-check";
import { hostileValue, NAMES_OF_OBJECTS, UNSPEAKABLE } from "../../support/hostile-json.ts";

/** `what` is wrong with the bytes, in a few words. */
export type Broken = { what: string; bytes: Buffer };
type Body = Record<string, unknown>;

const textOf = (body: Body): string => JSON.stringify(body);
const broken = (what: string, bytes: string | Buffer): Broken => ({ what, bytes: Buffer.from(bytes) });

/** The body with one more member, as text: an object would not hold it. */
const withMember = (body: Body, member: string): string =>
  textOf(body) === "{}" ? `{${member}}` : `${textOf(body).slice(0, -1)},${member}}`;

/** A name as JSON may also write it. */
const escaped = (name: string): string =>
  JSON.stringify(name).replace(/[a-z]/i, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);

/** No member of any request is one of these. */
const wrongType = fc.oneof(
  fc.constantFrom<unknown>(...UNSPEAKABLE, -1.5, [], [[]], null, { a: { b: {} } }),
  hostileValue.filter((value) => typeof value === "object").map((value) => [value]),
);

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

const wrongMember = (body: Body) =>
  fc.tuple(fc.constantFrom(...Object.keys(body)), wrongType).map(([name, value]) => {
    // Of metadata one name means something.
    const wrong = name === "metadata" ? { sandbox: value } : value;
    return broken(`${name} of another type`, textOf({ ...body, [name]: wrong }));
  });

const unknownMember = (body: Body) =>
  fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...NAMES_OF_OBJECTS),
        fc.string().map((name) => `x_${name}`),
      ),
      hostileValue,
    )
    .map(([name, value]) =>
      broken(
        "a member that nobody knows",
        withMember(body, `${JSON.stringify(name)}:${JSON.stringify(value)}`),
      ),
    );

const missingMember = (body: Body, required: string[]) =>
  fc.constantFrom(...required).map((name) => {
    const { [name]: _, ...rest } = body;
    return broken(`no ${name}`, textOf(rest));
  });

const duplicate = (body: Body) =>
  fc
    .tuple(fc.constantFrom(...Object.keys(body)), fc.boolean())
    .map(([name, isEscaped]) =>
      broken(
        "a name twice",
        withMember(body, `${isEscaped ? escaped(name) : JSON.stringify(name)}:${JSON.stringify(body[name])}`),
      ),
    );

/** Whatever a body is otherwise. */
const notReadable = (body: Body) => {
  const text = textOf(body);
  const string = (bytes: Buffer) => Buffer.concat([Buffer.from('{"reason":"'), bytes, Buffer.from('"}')]);
  return fc.oneof(
    fc
      .constantFrom("[]", '"x"', "7", "null", "true", "", " ", "{", "{}}", '{"a"}', "\ufeff{}")
      .map((sent) => broken("no object", sent)),
    fc
      .json({ maxDepth: 3 })
      .filter((json) => !json.startsWith("{"))
      .map((json) => broken("no object", json)),
    fc.nat({ max: Math.max(0, text.length - 1) }).map((end) => broken("half a body", text.slice(0, end))),
    fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((bytes) => broken("any bytes and no JSON", Buffer.concat([Buffer.from([0xff]), bytes]))),
    fc
      .constantFrom([0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf5, 0x80, 0x80, 0x80])
      .map((bytes) => broken("bytes that are no UTF-8", string(Buffer.from(bytes)))),
    fc
      .constantFrom('{"\ufffd":1}', '{"reason":"\ufffd"}', '{"reason":"\\ufffd"}')
      .map((sent) => broken("U+FFFD", sent)),
    fc
      .constantFrom("1e400", "-1e400", "9007199254740993", "499.99999999999999999", "1e-400")
      .map((number) => broken("a number that is not kept", withMember(body, `"x_${number}":${number}`))),
    fc
      .constantFrom(65, 5_000, 60_000)
      .map((depth) => broken("nested too deeply", withMember(body, `"x":${nested("[", "]", depth)}`))),
    fc
      .constantFrom(65, 3_000, 18_000)
      .map((depth) => broken("nested too deeply", `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`)),
    fc
      .integer({ min: 60, max: 5_000 })
      .map((count) =>
        broken(
          "thousands of errors",
          withMember(body, Array.from({ length: count }, (_, at) => `"x${at}":0`).join()),
        ),
      ),
    fc.constant(broken("a card number as a name", withMember(body, '"4111 1111 1111 1111":1'))),
  );
};

/** Larger than any body; rare, because each is. */
const tooLarge = (body: Body) =>
  fc
    .constantFrom("x", "\u{1f600}")
    .map((sign) => broken("too large", withMember(body, `"x":"${sign.repeat(140_000)}"`)));

/** What only payments have, or quotes and deposits too. */
function meaningless(body: Body): fc.Arbitrary<Broken>[] {
  const has = (name: string) => name in body;
  const wrong = (change: Body) => broken("a member that means nothing", textOf({ ...body, ...change }));
  return [
    ...(has("amount")
      ? [fc.constantFrom(0, -1, 1.5, 1e12, Number.MAX_VALUE, "500", true).map((amount) => wrong({ amount }))]
      : []),
    ...(has("amount")
      ? ["499.99999999999999999", "1e400", "500.00000000000000001"].map((number) =>
          fc.constant(
            broken("an amount that is not kept", textOf(body).replace(/"amount":\d+/, `"amount":${number}`)),
          ),
        )
      : []),
    ...(has("currency")
      ? [
          fc
            .oneof(fc.constantFrom("XXX", "ZZZ", "eur", "EURO", "", "toString"), fc.string({ maxLength: 2 }))
            .map((currency) => wrong({ currency })),
        ]
      : []),
    ...(has("metadata") ? [wrongMetadata(body)] : []),
    ...(has("description")
      ? [
          fc
            .constantFrom("4111 1111 1111 1111", "", "x".repeat(501), "\ud800")
            .map((description) => wrong({ description })),
        ]
      : []),
    ...(has("reference")
      ? [
          fc
            .constantFrom("4111 1111 1111 1111", "", "x".repeat(129), "\ud800")
            .map((reference) => wrong({ reference })),
        ]
      : []),
    ...["account_id", "source_account", "destination_account"]
      .filter(has)
      .map((name) =>
        fc
          .constantFrom("fees", "in_transit", "a/b", "", "__proto__", "x".repeat(65))
          .map((account) => wrong({ [name]: account })),
      ),
  ];
}

function wrongMetadata(body: Body): fc.Arbitrary<Broken> {
  const wrong = (metadata: string) =>
    broken("metadata that is none", textOf(body).replace(JSON.stringify(body.metadata), metadata));
  const many = Array.from({ length: 51 }, (_, at) => `"k${at}":""`).join();
  return fc.oneof(
    fc
      .tuple(fc.oneof(fc.constant("sandbox"), fc.constantFrom(...NAMES_OF_OBJECTS)), wrongType)
      .map(([name, value]) => wrong(`{"${name}":${JSON.stringify(value)}}`)),
    fc.constantFrom(...NAMES_OF_OBJECTS).map((name) => wrong(`{"${name}":"a",${escaped(name)}:"b"}`)),
    fc.constantFrom("explode", "lost", "forged").map((fault) => wrong(`{"sandbox":"${fault}_authorize!"}`)),
    fc
      .constantFrom(
        `{${many}}`,
        `{"${"k".repeat(41)}":""}`,
        `{"":""}`,
        `{"k":"${"v".repeat(501)}"}`,
        '{"k":"\\ud800"}',
      )
      .map(wrong),
  );
}

/** A body with one thing wrong; `required` are members that the good one cannot do without. */
export const brokenBody = (good: Body, required: string[] = []): fc.Arbitrary<Broken> =>
  fc.oneof(
    ...(Object.keys(good).length > 0
      ? [
          { arbitrary: wrongMember(good), weight: 60 },
          { arbitrary: duplicate(good), weight: 20 },
        ]
      : []),
    ...(required.length > 0 ? [{ arbitrary: missingMember(good, required), weight: 10 }] : []),
    { arbitrary: unknownMember(good), weight: 30 },
    { arbitrary: notReadable(good), weight: 60 },
    { arbitrary: tooLarge(good), weight: 1 },
    ...meaningless(good).map((arbitrary) => ({ arbitrary, weight: 20 })),
  );
