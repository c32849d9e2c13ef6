// What a function's role must allow, read from what its code asks of its ports: the one place where ports, DynamoDB's operations
// and the manifest's access meet. A transaction needs the permission of each write in it.
import type { FunctionEntry } from "./manifest.ts";
import { codeOf, filesBelow, importsOf, type Source, textOf } from "./source-tree.ts";

type Need = {
  tables?: Record<string, string[]>;
  machines?: string[];
  queues?: Record<string, string[]>;
  bus?: string[];
  switches?: string[];
};

const payments = (...operations: string[]): Need => ({ tables: { payments: operations } });
const ledger = (...operations: string[]): Need => ({ tables: { ledger: operations } });

/** By what the code calls. */
const NEEDS: [RegExp, Need][] = [
  [/\bpayments\.accept\(/, payments("PutItem")],
  [/\b(payments\.(load|events|openBefore)|loadPayment)\(/, payments("Query")],
  [/\bpayments\.recordFact\(/, payments("PutItem")],
  [/\bpayments\.(mark|recordFailure|close)\(/, payments("UpdateItem")],
  // A version race reads the payment again.
  [/\bpayments\.commit\(/, payments("UpdateItem", "PutItem", "Query")],
  [/\breleasesReference: true/, payments("DeleteItem")],
  [/\bpolicyOf\(/, payments("GetItem")],
  [/\bjournals: \[\w/, ledger("PutItem")],
  [/\bdebits: /, ledger("UpdateItem")],
  [/\bledger\.(open|post)\(/, ledger("PutItem")],
  [/\bledger\.(account|journal)\(/, ledger("GetItem")],
  [/\bledger\.balances\(/, ledger("Query")],
  [/\bledger\.fold\(/, ledger("BatchGetItem", "PutItem", "UpdateItem")],
  [/\bledger\.trialBalance\(/, ledger("GetItem", "Query", "BatchGetItem")],
  [/\bfindings\.open\(/, { tables: { integrity: ["PutItem"] } }],
  [/\bsagas\.start\(/, { machines: ["StartExecution"] }],
  [/\bsagas\.enqueue\(/, { queues: { start: ["SendMessage"] } }],
  [/\breadExecution\(/, { machines: ["DescribeExecution", "GetExecutionHistory"] }],
  [/\bexecutions\.describe\(/, { machines: ["DescribeExecution"] }],
  [/\bexecutions\.lastState\(/, { machines: ["GetExecutionHistory"] }],
  [/\bexecutions\.redrive\(/, { machines: ["RedriveExecution"] }],
  [/\bbus\.publish\(/, { bus: ["PutEvents"] }],
  [/\bbreaker\.isOpen\(/, payments("GetItem")],
  [/\bbreaker\.(admits|report)\(/, payments("GetItem", "PutItem")],
  [/\bswitches\.isOn\(/, { switches: ["GetParametersByPath"] }],
];

/** The parts of functions/lib/saga that the sources use, and the parts that those use. */
function sagaPartsOf(sources: Source[], known: string[] = []): string[] {
  const used = sources
    .flatMap(importsOf)
    .filter(({ target, typeOnly }) => !typeOnly && target.startsWith("functions/lib/saga/"))
    .map(({ target }) => target);
  const fresh = [...new Set(used)].filter((path) => !known.includes(path));
  if (fresh.length === 0) return known;
  return sagaPartsOf(
    fresh.map((path) => ({ path, text: textOf(path) })),
    [...known, ...fresh],
  );
}

/** The function's own code and the parts of functions/lib/saga that it uses. */
export function codeOfFunction(name: string): string {
  const own = filesBelow(`functions/${name}`, /\.ts$/).map((path) => ({ path, text: textOf(path) }));
  const shared = sagaPartsOf(own).map(textOf);
  return [...own.map(({ text }) => text), ...shared].map(codeOf).join("\n");
}

/** What the code does and the manifest does not allow, `tables.ledger.GetItem`. */
export function missingAccess(code: string, { access }: FunctionEntry): string[] {
  const needs = NEEDS.filter(([pattern]) => pattern.test(code)).map(([, need]) => need);
  const lacking = (section: string, wanted: string[], allowed: readonly string[] = []): string[] =>
    wanted.filter((one) => !allowed.includes(one)).map((one) => `${section}.${one}`);
  const machines = Object.values(access.machines ?? {}).flat();
  const missing = needs.flatMap(
    ({ tables = {}, machines: wanted = [], queues = {}, bus = [], switches = [] }) => [
      ...Object.entries(tables).flatMap(([t, operations]) =>
        lacking(`tables.${t}`, operations, access.tables?.[t]),
      ),
      ...lacking("machines", wanted, machines),
      ...Object.entries(queues).flatMap(([q, operations]) =>
        lacking(`queues.${q}`, operations, access.queues?.[q]),
      ),
      ...lacking("bus", bus, access.bus),
      ...lacking("switches", switches, access.switches),
    ],
  );
  return [...new Set(missing)].sort();
}

/** What the manifest allows and no code needs: a role as wide as its function's work, and no wider. */
export function idleAccess(code: string, { access }: FunctionEntry): string[] {
  const needs = NEEDS.filter(([pattern]) => pattern.test(code)).map(([, need]) => need);
  const idle = (section: string, allowed: readonly string[], needed: string[]): string[] =>
    allowed.filter((one) => !needed.includes(one)).map((one) => `${section}.${one}`);
  const tables = Object.entries(access.tables ?? {}).flatMap(([table, operations]) =>
    idle(
      `tables.${table}`,
      operations,
      needs.flatMap((need) => need.tables?.[table] ?? []),
    ),
  );
  const switches = needs.flatMap((need) => need.switches ?? []);
  return [...tables, ...idle("switches", access.switches ?? [], switches)];
}
