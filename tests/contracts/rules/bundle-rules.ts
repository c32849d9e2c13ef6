// What a function's bundle may hold of the adapters: those that its entry in the manifest calls
// for, by the services, tables and providers that it names.
import type { Bundle } from "../../../scripts/build/bundle.ts";
import type { FunctionEntry } from "./manifest.ts";
import { importsOf, textOf } from "./source-tree.ts";

type Inputs = Bundle["inputs"];
type Calls = (entry: FunctionEntry) => boolean;

const ADAPTERS = "functions/lib/adapters/";
const WIRING = "functions/lib/wiring.ts";

const callsForTable =
  (table: string): Calls =>
  ({ access: { tables = {}, indexes = {} } }) =>
    table in tables || Object.keys(indexes).some((index) => index.startsWith(`${table}/`));

/** What of the manifest calls for a client of the SDK. */
const CLIENTS: Record<string, Calls> = {
  "client-dynamodb": ({ access }) => Boolean(access.tables ?? access.indexes),
  "client-eventbridge": ({ access }) => Boolean(access.bus),
  "client-secrets-manager": ({ access }) => Boolean(access.secrets),
  "client-sfn": ({ access }) => Boolean(access.machines),
  "client-sqs": ({ access }) => Boolean(access.queues),
  "client-ssm": ({ access }) => Boolean(access.switches),
};

const clientIn = (path: string): string | undefined => /@aws-sdk\/(client-[a-z0-9-]+)/.exec(path)?.[1];

const callsForClient = (client: string): Calls => {
  const calls = CLIENTS[client];
  if (!calls) throw new Error(`nothing in the manifest calls for ${client}`);
  return calls;
};

/** The tables that the wiring gives to the classes of each adapter. */
export function tablesOf(wiring = textOf(WIRING)): Map<string, string[]> {
  const files = new Map<string, string>();
  for (const [, names = "", from = ""] of wiring.matchAll(
    /^import \{([^}]+)\} from "\.\/(adapters\/[^"]+)"/gm,
  ))
    for (const name of names.split(",")) files.set(name.trim(), `functions/lib/${from}`);
  const tables = new Map<string, string[]>();
  for (const member of wiring.split(/^(?=export )/m)) {
    const given = [...member.matchAll(/tableName\("([^"]+)"\)/g)].map(([, table = ""]) => table);
    for (const [, made = ""] of member.matchAll(/new (\w+)\(/g)) {
      const file = files.get(made);
      if (file && given.length > 0) tables.set(file, given);
    }
  }
  return tables;
}

/** Whether anything in the entry calls for the adapter: for all that it imports and stands for. */
function callsForAdapter(path: string, tables: string[] | undefined): Calls {
  const clients = importsOf({ path, text: textOf(path) }).flatMap(({ target, typeOnly }) =>
    typeOnly ? [] : (clientIn(target) ?? []),
  );
  const wanted: Calls[] = [
    ...clients.map(callsForClient),
    ...(tables ? [(entry: FunctionEntry) => tables.some((table) => callsForTable(table)(entry))] : []),
    ...(path.includes("/providers/http-") ? [({ provider }: FunctionEntry) => provider === true] : []),
    ...(path.includes("/providers/") ? [callsForClient("client-secrets-manager")] : []),
    ...(path.includes("/sandbox/") ? [({ sandbox }: FunctionEntry) => sandbox === true] : []),
  ];
  return (entry) => wanted.every((calls) => calls(entry));
}

/** The packages that bundles do without, and what only they need. */
const REPLACED = new RegExp(
  `node_modules/(${[
    "cls-hooked/",
    "semver/",
    "mnemonist/",
    "@aws-sdk/(nested-clients|token-providers|endpoint-cache|credential-provider-(?!env/)[a-z-]+)/",
    "@smithy/(credential-provider-imds|node-http-handler)/",
    "@smithy/core/.*/(event-streams/|parseIni|Sha256Js|Md5Js)",
    "aws-xray-sdk-core/.*/(middleware|plugins)/",
  ].join("|")})`,
);

/** The paths in a bundle that functions/lib/replaced/ should have kept out of it. */
export const replacedIn = (inputs: Inputs): string[] =>
  Object.keys(inputs).filter((path) => (inputs[path] ?? 0) > 0 && REPLACED.test(path));

/**
 * The adapters and the clients of the SDK in a bundle that the function's entry does not call for.
 */
export function strangersIn(inputs: Inputs, entry: FunctionEntry): string[] {
  const tables = tablesOf();
  const held = Object.keys(inputs).filter((path) => (inputs[path] ?? 0) > 0);
  const adapters = held.filter((path) => path.startsWith(ADAPTERS));
  const clients = new Set(
    held.flatMap((path) => (path.includes("node_modules/") ? (clientIn(path) ?? []) : [])),
  );
  return [
    ...adapters.filter((path) => !callsForAdapter(path, tables.get(path))(entry)),
    ...[...clients].filter((client) => !callsForClient(client)(entry)),
  ].sort();
}
