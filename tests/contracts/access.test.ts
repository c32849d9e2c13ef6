// A role allows exactly what its function's code can ask of AWS: read from the code, command by
// command.
import { afterAll, describe, expect, it } from "@jest/globals";
import { Compiler, compare, NeedUnknown, needsOf } from "../iam-analysis/index.ts";
import { copyOf, functionNames, handlerOf, type Manifest, manifest } from "./rules/manifest.ts";
import { REPOSITORY, textOf } from "./rules/source-tree.ts";

const compiler = new Compiler(REPOSITORY);
afterAll(() => compiler.close());
const sources = compiler.read();

const differenceOf = (name: string, needs: string[], from: Manifest = manifest) => {
  const fn = from.functions[name];
  if (!fn) throw new Error(`the manifest has no function ${name}`);
  return compare(needs, fn.access, from);
};

/** What the function would need with a text of one source replaced, wherever it stands. */
function needsAfter(name: string, path: string, change: [find: string, replace: string]): string[] {
  const text = textOf(path);
  if (!text.includes(change[0])) throw new Error(`${path} does not say ${change[0]}`);
  return needsOf(compiler.read({ [path]: text.replaceAll(...change) }), handlerOf(name));
}

describe("the access that the manifest declares", () => {
  it.each(functionNames)("is what the code of %s needs: missing 0, unused 0", (name) => {
    expect(differenceOf(name, needsOf(sources, handlerOf(name)))).toEqual({ missing: [], unused: [] });
  });

  it("is nothing for a function that asks nothing of AWS", () => {
    expect(needsOf(sources, handlerOf("check-health"))).toEqual([]);
  });

  type Access = Manifest["functions"][string]["access"];
  it.each<[string, string, (access: Access) => void, { missing: string[]; unused: string[] }]>([
    [
      "lacks the delete inside a transaction",
      "fail-payment",
      ({ tables }) => Object.assign(tables ?? {}, { payments: ["Query", "UpdateItem", "PutItem"] }),
      { missing: ["tables.payments.DeleteItem"], unused: [] },
    ],
    [
      "has a read that nobody makes",
      "fail-payment",
      ({ tables }) => tables?.payments?.push("GetItem"),
      { missing: [], unused: ["tables.payments.GetItem"] },
    ],
    [
      "has a table that nobody touches",
      "notify-payment",
      ({ tables }) => Object.assign(tables ?? {}, { ledger: ["PutItem"] }),
      { missing: [], unused: ["tables.ledger.PutItem"] },
    ],
    [
      "lacks the index that is queried",
      "sweep-payments",
      (access) => delete access.indexes?.["payments/open"],
      { missing: ["indexes.payments/open.Query"], unused: [] },
    ],
    [
      "may read an index's table instead of the index",
      "report-integrity",
      (access) => {
        delete access.indexes?.["ledger/accounts"];
        access.tables?.ledger?.push("Query");
      },
      { missing: ["indexes.ledger/accounts.Query"], unused: ["tables.ledger.Query"] },
    ],
    [
      "lacks the machine",
      "start-saga",
      (access) => delete access.machines,
      {
        missing: ["machines.card-payment.StartExecution", "machines.stablecoin-payment.StartExecution"],
        unused: [],
      },
    ],
    [
      "may redrive what it only looks at",
      "inspect-saga",
      ({ machines }) => machines?.["card-payment"]?.push("RedriveExecution"),
      { missing: [], unused: ["machines.card-payment.RedriveExecution"] },
    ],
    [
      "lacks the queue",
      "accept-payment",
      (access) => delete access.queues,
      { missing: ["queues.start.SendMessage"], unused: [] },
    ],
    [
      "lacks the bus",
      "relay-events",
      (access) => delete access.bus,
      { missing: ["bus.events.PutEvents"], unused: [] },
    ],
    [
      "has switches that it does not obey",
      "void-authorization",
      (access) => Object.assign(access, { switches: ["GetParametersByPath"] }),
      { missing: [], unused: ["switches.GetParametersByPath"] },
    ],
  ])("is caught when it %s", (_, name, change, difference) => {
    const mutant = copyOf(manifest);
    const access = mutant.functions[name]?.access;
    if (!access) throw new Error(`the manifest has no function ${name}`);
    change(access);
    expect(differenceOf(name, needsOf(sources, handlerOf(name)), mutant)).toEqual(difference);
  });
});

describe("what the code needs", () => {
  it.each<[string, string, string, [string, string], { missing: string[]; unused: string[] }]>([
    [
      "a step gives a transition a journal",
      "notify-payment",
      "functions/notify-payment/notify-payment.ts",
      ["journals: []", `journals: [{ journal_id: "j", currency: "EUR", postings: [] }]`],
      { missing: ["tables.ledger.PutItem"], unused: [] },
    ],
    [
      "a step no longer releases the reference",
      "fail-payment",
      "functions/fail-payment/fail-payment.ts",
      ["releasesReference: true", "releasesReference: false"],
      { missing: [], unused: ["tables.payments.DeleteItem"] },
    ],
    [
      "an adapter sends another command",
      "verify-integrity",
      "functions/lib/adapters/dynamodb/finding-store.ts",
      ["UpdateItemCommand", "PutItemCommand"],
      { missing: ["tables.integrity.PutItem"], unused: ["tables.integrity.UpdateItem"] },
    ],
    [
      "a store reads through an index",
      "read-payment",
      "functions/lib/adapters/dynamodb/payment-reads.ts",
      ["ConsistentRead: true,", `IndexName: "open",`],
      { missing: ["indexes.payments/open.Query"], unused: ["tables.payments.Query"] },
    ],
  ])("changes when %s", (_, name, path, change, difference) => {
    expect(differenceOf(name, needsAfter(name, path, change))).toEqual(difference);
  });

  const wiring = "functions/lib/wiring.ts";
  const findings = "functions/lib/adapters/dynamodb/finding-store.ts";
  const client = "functions/lib/adapters/dynamodb/client.ts";
  it.each<[string, string, [string, string]]>([
    ["what a command touches", wiring, ['tableName("integrity")', "String(process.pid)"]],
    [
      "where a command comes from",
      findings,
      ["new UpdateItemCommand(", "new (globalThis as any).UpdateItemCommand("],
    ],
    ["what a client sends by itself", client, ["DynamoDBClient", "DynamoDB"]],
  ])("is refused when the code does not show %s", (_, path, change) => {
    expect(() => needsAfter("verify-integrity", path, change)).toThrow(NeedUnknown);
  });
});
