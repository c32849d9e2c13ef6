// The style as a test that walks the tree: which way imports point, where time and the environment
// are read, how files look.
import { describe, expect, it } from "@jest/globals";
import { circlesIn, circlesOf } from "./rules/circles.ts";
import { LAYERS, wrongImports } from "./rules/layers.ts";
import { functionNames, manifest } from "./rules/manifest.ts";
import { codeOf, importsOf, type Source, sourcesBelow, textOf } from "./rules/source-tree.ts";

const functions = sourcesBelow("functions");
const scripts = sourcesBelow("scripts");
const tests = sourcesBelow("tests");
const everything = [...functions, ...scripts, ...tests];

const pathsOf = (sources: Source[]): string[] => sources.map(({ path }) => path);
/** The sources whose code, comments left out, holds the pattern. */
const holding = (sources: Source[], pattern: RegExp): string[] =>
  pathsOf(sources.filter(({ text }) => pattern.test(codeOf(text))));

const inFunctions = (path: string, text: string): Source => ({ path: `functions/${path}`, text });

const intoSandbox = (target: string): boolean => target.startsWith("functions/lib/sandbox/");
/** What a payment may order: a list that both sides read. */
const ORDERS = "functions/lib/sandbox/fault-plan.ts";
const isAdapter = ({ path }: Source): boolean => path.startsWith("functions/lib/adapters/");
/** The function that the source is a part of. */
const ownerOf = ({ path }: Source): string => path.split("/")[1] ?? "";
const leads = (source: Source, to: (target: string) => boolean): boolean =>
  importsOf(source).some(({ target }) => to(target));

/** What reads a body of ours by its schema, and lets a card number into it. */
const unjudgedBodies = (sources: Source[]): string[] =>
  sources.flatMap(({ path, text }) => {
    const isReader = /\bviolations\(\s*(schemas\.\w+Request|[A-Z_]+\[)/.test(codeOf(text));
    return isReader && !/\bsuspectStrings\(/.test(codeOf(text)) ? [path] : [];
  });

describe("a request's body", () => {
  it("is judged for card numbers by whatever reads it", () => {
    expect(unjudgedBodies(functions)).toEqual([]);
    const readers = holding(functions, /\bsuspectStrings\(/).filter((path) => !path.includes("/domain/"));
    expect(readers.length).toBeGreaterThan(3);
  });

  it("is caught where nobody judges it", () => {
    const reader = inFunctions("a/a.ts", "const errors = violations(schemas.QuoteRequest, body);");
    expect(unjudgedBodies([reader])).toEqual(["functions/a/a.ts"]);
  });
});

describe("imports", () => {
  it("point from handler to step to domain", () => {
    expect(functions.length).toBeGreaterThan(50);
    expect(functions.flatMap(wrongImports)).toEqual([]);
  });

  it.each([
    ["post-ledger/post-ledger.ts", 'import { ledger } from "../lib/wiring.ts";'],
    ["post-ledger/post-ledger.ts", 'import { log } from "../lib/runtime/log.ts";'],
    ["post-ledger/post-ledger.ts", 'import { DynamoDBClient } from "@aws-sdk/client-dynamodb";'],
    ["post-ledger/post-ledger.ts", 'import { failPayment } from "../fail-payment/fail-payment.ts";'],
    ["post-ledger/handler.ts", 'import { run } from "../../scripts/build.ts";'],
    ["post-ledger/handler.ts", 'export { run } from "../support/golden.ts";'],
    ["lib/domain/money.ts", 'import type { Clock } from "../ports/clock.ts";'],
    ["lib/domain/money.ts", 'import { readFileSync } from "node:fs";'],
    ["lib/domain/money.ts", 'import { assertContract } from "../contracts/contract.ts";'],
    ["lib/ports/clock.ts", 'import { systemClock } from "../adapters/system-clock.ts";'],
    ["lib/runtime/http.ts", 'import { SQSClient } from "@aws-sdk/client-sqs";'],
    ["lib/runtime/stream.ts", 'import type { Item } from "../adapters/dynamodb/item.ts";'],
    ["lib/contracts/event-contract.ts", 'import type { NewEvent } from "../domain/events.ts";'],
    ["lib/adapters/aws/sqs.ts", 'import { clock } from "../../wiring.ts";'],
    ["lib/saga/exposure.ts", 'import { clock } from "../wiring.ts";'],
    ["lib/wiring.ts", 'import { postLedger } from "../post-ledger/post-ledger.ts";'],
    ["post-ledger/handler.ts", 'import { dynamoClient } from "../lib/adapters/dynamodb/client.ts";'],
    ["lib/sandbox/provider.ts", 'import { need } from "../runtime/config.ts";'],
    ["lib/sandbox/provider.ts", 'import type { Clock } from "../ports/clock.ts";'],
    ["lib/helpers/thing.ts", ""],
  ])("are caught in %s: %s", (path, text) => {
    expect(wrongImports(inFunctions(path, text))).toHaveLength(1);
  });

  it("point one way: no two rooms may import each other", () => {
    const seen = Object.entries(LAYERS).map(([name, { lib, types = [] }]): [string, string[]] => [
      name,
      [...lib, ...types].filter((other) => other !== name),
    ]);
    expect(circlesOf(new Map(seen))).toEqual([]);
    expect(circlesOf(new Map([...seen, ["errors", ["domain"]]]))).toEqual(["contracts, domain, errors"]);
  });

  it("close no circle, not even one of types", () => {
    const a = inFunctions("a.ts", 'import { b } from "./b.ts";');
    const b = inFunctions("b.ts", 'import type { C } from "./c.ts";');
    const c = inFunctions("c.ts", 'export { a } from "./a.ts";');
    expect(circlesIn([a, b, c, inFunctions("d.ts", 'import "./a.ts";')])).toEqual([
      "functions/a.ts, functions/b.ts, functions/c.ts",
    ]);
    expect(circlesIn([a, b])).toEqual([]);
    expect(circlesIn([...functions, ...scripts])).toEqual([]);
  });

  it("lead to the sandbox provider from its own functions only", () => {
    const own = functionNames.filter((name) => manifest.functions[name]?.sandbox);
    const adapters = pathsOf(functions.filter((source) => isAdapter(source) && leads(source, intoSandbox)));
    const intoAdapter = (target: string): boolean => adapters.includes(target);
    const strangers = functions.filter(
      (source) => !isAdapter(source) && !intoSandbox(source.path) && !own.includes(ownerOf(source)),
    );
    expect(own.length).toBeGreaterThan(0);
    expect(adapters.length).toBeGreaterThan(0);
    const past = (source: Source): boolean =>
      leads(source, (target) => intoSandbox(target) && target !== ORDERS);
    expect(pathsOf(strangers.filter(past))).toEqual([]);
    expect(past(inFunctions("accept-payment/x.ts", 'import "../lib/sandbox/provider.ts";'))).toBe(true);
    expect(pathsOf(strangers.filter((source) => leads(source, intoAdapter)))).toEqual([]);
  });

  it("lead to the sandbox's list of orders from the intake alone, and from the list to no code", () => {
    const readers = functions.filter(
      (source) => !intoSandbox(source.path) && leads(source, (target) => target === ORDERS),
    );
    expect(pathsOf(readers)).toEqual([
      "functions/accept-payment/payment-request.ts",
      "functions/simulate-provider/simulate-provider.ts",
    ]);
    const importsIn = (path: string) => importsOf({ path, text: textOf(path) }).map(({ target }) => target);
    expect(importsIn(ORDERS)).toEqual(["functions/lib/sandbox/books.ts"]);
    expect(importsIn("functions/lib/sandbox/books.ts")).toEqual([]);
  });

  it("enter the IAM analysis by its door alone", () => {
    const room = "tests/iam-analysis/";
    const past = (source: Source): boolean =>
      !source.path.startsWith(room) &&
      leads(source, (target) => target.startsWith(room) && target !== `${room}index.ts`);
    expect(pathsOf(everything.filter(past))).toEqual([]);
    const plan = (text: string): Source => ({ path: "tests/plan/iam.plan.ts", text });
    expect(past(plan('import { reach } from "../iam-analysis/reach.ts";'))).toBe(true);
    expect(past(plan('import { factsOf } from "../iam-analysis/index.ts";'))).toBe(false);
  });

  it("lead from the product and its scripts to no test", () => {
    const intoTests = (source: Source) => importsOf(source).some(({ target }) => target.startsWith("tests/"));
    expect(pathsOf([...functions, ...scripts].filter(intoTests))).toEqual([]);
  });
});

describe("the world outside", () => {
  it("is read through the environment in one file only, and where a package read it", () => {
    const readers = ["functions/lib/replaced/aws-xray-sdk-core.ts", "functions/lib/runtime/config.ts"];
    expect(holding(functions, /process\.env/)).toEqual(readers);
  });

  it("gives time and randomness through one file only, and ends a request that lasts", () => {
    const clock =
      /Date\.now|new Date\(\s*\)|Math\.random|setTimeout|setInterval|randomUUID|randomBytes|performance\.now|hrtime/;
    const users = ["functions/lib/adapters/aws/request-handler.ts", "functions/lib/adapters/system-clock.ts"];
    expect(holding(functions, clock)).toEqual(users);
    expect(holding([inFunctions("a.ts", "const at = new Date();")], clock)).toHaveLength(1);
    expect(holding([inFunctions("a.ts", "const at = new Date(now);")], clock)).toEqual([]);
  });
});

describe("money", () => {
  it("never passes through a float", () => {
    const float = /parseFloat|toFixed|toPrecision|Math\.(round|floor|ceil|trunc)/;
    // lib/runtime holds no money, only times.
    const monied = functions.filter(({ path }) => !path.startsWith("functions/lib/runtime/"));
    expect(holding(monied, float)).toEqual([]);
    expect(holding([inFunctions("a.ts", "return (amount / 100).toFixed(2);")], float)).toHaveLength(1);
  });
});

describe("a file", () => {
  const longest = 250;

  it("begins by saying what it is responsible for, unless it is wiring or a test", () => {
    const silent = everything.filter(
      ({ path, text }) => !/(\/handler|\.test)\.ts$/.test(path) && !/^\/\/ \S/.test(text),
    );
    expect(pathsOf(silent)).toEqual([]);
  });

  it(`has at most ${longest} lines in functions/`, () => {
    expect(pathsOf(functions.filter(({ text }) => text.split("\n").length > longest))).toEqual([]);
  });

  it("is short when it is wiring: a screenful below its imports", () => {
    const handlers = functions.filter(({ path }) => path.endsWith("/handler.ts"));
    const bodyOf = ({ text }: Source): string => text.replace(/^import [^;]+;\n/gm, "");
    expect(bodyOf(inFunctions("a.ts", 'import {\n  a,\n} from "./a.ts";\nimport b from "b";\na(b);\n'))).toBe(
      "a(b);\n",
    );
    expect(pathsOf(handlers.filter((source) => bodyOf(source).split("\n").length > 30))).toEqual([]);
  });

  it("leaves nothing to do later", () => {
    // Written in two halves, so that this file does not find itself.
    const later = new RegExp(`\\b(${["TO", "DO"].join("")}|${["FIX", "ME"].join("")})\\b`);
    expect(pathsOf(everything.filter(({ text }) => later.test(text)))).toEqual([]);
  });

  it("leaves out no test and runs none alone", () => {
    const some = /\b(it|test|describe)\.(only|skip|todo)\b|\b(xit|fit|xdescribe|fdescribe)\(/;
    expect(holding(tests, some)).toEqual([]);
    expect(holding([inFunctions("a.test.ts", `it.${"only"}("works", run)`)], some)).toHaveLength(1);
  });
});
