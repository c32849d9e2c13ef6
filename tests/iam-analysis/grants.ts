// What the plan grants a function, beside what it must have: what its code asks for, what its
// trigger polls with its role, its own logs and traces. Both are lists of `dynamodb:PutItem
// table/payments`, without account, region and workspace.
import type { Manifest } from "../../functions/lib/contracts/types.ts";
import { spelledOut } from "./access.ts";
import type { Policy, Statement } from "./policies.ts";

type Entry = Manifest["functions"][string];

/** `arn:aws:sqs:us-east-1:123456789012:dev-start` → `start`. */
const resourceOf = (arn: string, prefix: string): string =>
  arn.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, "").replace(new RegExp(`(^|[:/])${prefix}`, "g"), "$1");

const pairsIn = (statements: readonly Statement[], prefix: string): string[] =>
  statements.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resourceOf(resource, prefix)}`)),
  );

/** Everything that a role's policy grants, sorted. */
export const grantsIn = ({ statements }: Policy, prefix: string): string[] =>
  [...new Set(pairsIn(statements, prefix))].sort();

/** What IAM calls a need: the service, and the resource below the account. */
function pairsOf(need: string): string[] {
  const [section = "", name = "", last] = need.split(".");
  const action = last ?? name;
  switch (section) {
    case "tables":
      return [`dynamodb:${action} table/${name}`];
    case "indexes": {
      const [table, index] = name.split("/");
      return [`dynamodb:${action} table/${table}/index/${index}`];
    }
    case "machines":
      // A start is authorized on the machine, the rest on its executions.
      return action === "StartExecution"
        ? [`states:${action} stateMachine:${name}`]
        : [`states:${action} execution:${name}:*`];
    case "queues":
      return [`sqs:${action} ${name}`];
    case "secrets":
      // Behind a secret's name stand six characters that nobody knows before it is made.
      return [`secretsmanager:${action} secret:provider/${name}-??????`];
    case "bus":
      return [`events:${action} event-bus/${name}`];
    case "switches":
      return [`ssm:${action} parameter/switches`, `ssm:${action} parameter/switches/*`];
    default:
      throw new Error(`nobody said what IAM calls ${need}`);
  }
}

/**
 * A mapping polls with the role of the function that it feeds, and puts what it gave up on into a
 * queue.
 */
const TRIGGERS = {
  queue: ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"],
  stream: ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"],
};

function triggerPairs({ queue, stream }: Entry, failures: string): string[] {
  return [
    ...(queue ? TRIGGERS.queue.map((action) => `sqs:${action} ${queue.name}`) : []),
    ...(stream ? TRIGGERS.stream.map((action) => `dynamodb:${action} table/${stream.table}/stream/*`) : []),
    ...(stream ? [`sqs:SendMessage ${failures}`] : []),
  ];
}

/**
 * What the pairs touch is encrypted: to read it takes Decrypt, to send it a key of its own besides.
 */
function keyPairs(pairs: readonly string[]): string[] {
  const touches = (prefix: string): boolean => pairs.some((pair) => pair.startsWith(prefix));
  return [
    ...(touches("dynamodb:") || touches("secretsmanager:") ? ["kms:Decrypt key/data"] : []),
    ...(touches("sqs:") ? ["kms:Decrypt key/messages"] : []),
    ...(touches("sqs:SendMessage") ? ["kms:GenerateDataKey key/messages"] : []),
  ];
}

const ownPairs = (name: string): string[] => [
  ...["logs:CreateLogStream", "logs:PutLogEvents"].map(
    (action) => `${action} log-group:/aws/lambda/${name}:*`,
  ),
  ...["xray:PutTraceSegments", "xray:PutTelemetryRecords"].map((action) => `${action} *`),
];

/** Everything that a function must be granted. */
export function requiredOf(name: string, needs: readonly string[], manifest: Manifest): string[] {
  const entry = manifest.functions[name];
  if (!entry) throw new Error(`the manifest has no function ${name}`);
  const failures = Object.entries(manifest.queues).find(
    ([, queue]) => queue.why_no_dead_letters !== undefined,
  );
  const touching = [
    ...needs.flatMap((need) => spelledOut(need, manifest)).flatMap(pairsOf),
    ...triggerPairs(entry, failures?.[0] ?? ""),
  ];
  return [...touching, ...keyPairs(touching), ...ownPairs(name)].sort();
}
