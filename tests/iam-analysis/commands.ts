// The SDK's commands in our code, and what IAM asks for each: an action of the same name on the
// resource that its input names.
import type { NewExpression, Node, ObjectLiteralExpression } from "typescript/unstable/ast";
import { isClassDeclaration, isSpreadAssignment } from "typescript/unstable/ast";
import { REHEARSED } from "../../functions/lib/adapters/dynamodb/rehearsal.ts";
import type { Sources } from "./sources.ts";
import { calleeOf } from "./syntax.ts";
import type { Values } from "./values.ts";

/**
 * Thrown where the code does not show what it asks of AWS: such code must be written so that it
 * does.
 */
export class NeedUnknown extends Error {
  override readonly name = "NeedUnknown";
}

export type Command = { node: NewExpression; client: string; action: string };

/** The field in which a client's commands name their resource. */
const RESOURCE: Record<string, string[]> = {
  "client-dynamodb": ["TableName"],
  "client-secrets-manager": ["SecretId"],
  "client-sfn": ["stateMachineArn", "executionArn"],
  "client-sqs": ["QueueUrl"],
  "client-ssm": ["Path"],
};
/**
 * Commands that name no resource themselves: each thing that they carry does, in an object literal
 * of its own.
 */
export const CARRIERS = ["TransactWriteItems", "TransactGetItems", "PutEvents"] as const;
/**
 * What a transaction does, by the permission that IAM asks for each; for the transaction itself it
 * asks none.
 */
const IN_A_TRANSACTION = {
  TransactWriteItems: {
    Put: "PutItem",
    Update: "UpdateItem",
    Delete: "DeleteItem",
    ConditionCheck: "ConditionCheckItem",
  },
  TransactGetItems: { Get: "GetItem" },
};
const SDK = /\/node_modules\/@aws-sdk\/(client-[a-z0-9-]+)\//;

/**
 * `PutItem` of `new PutItemCommand(…)`, and the client that takes it; undefined for what is no
 * request. Throws where the request is unknown: a command of unknown origin, or a client that sends
 * by methods of its own.
 */
export function commandOf(sources: Sources, node: NewExpression): Command | undefined {
  const callee = calleeOf(node);
  if (!callee) return undefined;
  const origins = sources.declarationsOf(callee);
  const client = origins.flatMap(({ path }) => SDK.exec(path)?.[1] ?? [])[0];
  const action = /^(\w+)Command$/.exec(callee.text)?.[1];
  if (client && action) return { node, client, action };
  const isOurs =
    origins.length > 0 && origins.every((origin) => origin.node && isClassDeclaration(origin.node));
  if (client ? !callee.text.endsWith("Client") : action && !isOurs) throw unknown(node, callee.text);
  return undefined;
}

/**
 * What a command that names its resource needs; throws NeedUnknown. A rehearsal needs nothing: its
 * request does not leave the process.
 */
export function needsOfCommand(values: Values, { node, client, action }: Command): string[] {
  const input = node.arguments?.[0];
  const needs = (input ? values.literals(input) : []).flatMap((literal) => [
    ...(RESOURCE[client] ?? []).flatMap((field) => onResource(values, literal, field, action)),
    ...values
      .literalsIn(literal, "RequestItems")
      .flatMap((items) => values.keys(items).map((key) => needOn(key, action))),
  ]);
  if (needs.length === 0) throw unknown(node, action);
  return needs.filter((need) => need !== needOn(REHEARSED, action));
}

/**
 * What a carrier needs for the literal, where the literal is what it carries: `{ Put: { TableName,
 * … } }`, an entry of a bus.
 */
export function needsOfCarried(
  values: Values,
  literal: ObjectLiteralExpression,
  carrier: (typeof CARRIERS)[number],
): string[] {
  if (carrier === "PutEvents") {
    return says(literal, "EventBusName") ? onResource(values, literal, "EventBusName", carrier) : [];
  }
  return Object.entries(IN_A_TRANSACTION[carrier])
    .filter(([write]) => says(literal, write))
    .flatMap(([write, action]) =>
      values.literalsIn(literal, write).flatMap((item) => onResource(values, item, "TableName", action)),
    );
}

/**
 * True when the property stands in the literal itself. Anything may be spread into a literal; what
 * we send is written out.
 */
const says = (literal: ObjectLiteralExpression, name: string): boolean =>
  literal.properties.some((property) => !isSpreadAssignment(property) && property.name?.getText() === name);

/** What a query of an index reads is the index, and not its table. */
function onResource(
  values: Values,
  literal: ObjectLiteralExpression,
  field: string,
  action: string,
): string[] {
  const indexes = values.textsIn(literal, "IndexName");
  return values.textsIn(literal, field).flatMap((place) => {
    if (indexes.length === 0) return [needOn(place, action)];
    return indexes.map((index) => needOn(`${place.replace(/^tables:/, "indexes:")}/${index}`, action));
  });
}

/**
 * `tables:payments` and `PutItem` → `tables.payments.PutItem`; `switches:` is one place and has no
 * name.
 */
const needOn = (place: string, action: string): string =>
  [...place.split(":").filter((part) => part !== ""), action].join(".");

export function unknown(node: Node, what: string): NeedUnknown {
  const file = node.getSourceFile();
  const line = file.text.slice(0, node.getStart()).split("\n").length;
  const path = file.fileName.replace(/^.*\/functions\//, "functions/");
  return new NeedUnknown(`${path}:${line}: what ${what} asks of AWS cannot be read from the code`);
}
