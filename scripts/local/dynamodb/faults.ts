// The faults that DynamoDB Local never has by itself, in AWS's shapes. They hit only calls on
// items: tables and streams are the stack's own business.
import { randomUUID } from "node:crypto";
import type { Fault, Faults } from "../common/faults.ts";
import { json, type Request, type Response } from "../common/http.ts";
import type { Transaction } from "./transaction-cost.ts";

const READS = new Set(["GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"]);
const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"]);
export const isRead = (operation: string): boolean => READS.has(operation);
export const isWrite = (operation: string): boolean => WRITES.has(operation);

export const DATABASE_FAULTS = ["throttle", "conflict", "lost_answer"] as const;
export type DatabaseFault = (typeof DATABASE_FAULTS)[number];

/**
 * Each fault has its own target, so that a read never uses up a fault that only a write can have.
 */
const targetOf = (fault: string): string => `dynamodb.${fault}`;

export function strike(faults: Faults, operation: string): DatabaseFault | undefined {
  if (isRead(operation)) return faults.strike(targetOf("throttle")) ? "throttle" : undefined;
  if (!isWrite(operation)) return undefined;
  return DATABASE_FAULTS.find((fault) => faults.strike(targetOf(fault)));
}

/** Answers the fault routes. An order that could never fire is refused. */
export function answerFaults(faults: Faults, request: Request): Response | undefined {
  if (request.path !== "/_local/faults" || request.method !== "POST") return faults.answer(request);
  const fault = JSON.parse(request.body.toString()) as Fault;
  const known = DATABASE_FAULTS.some((name) => name === fault.fault);
  if (fault.target !== "dynamodb" || !known)
    return json(400, { message: `target dynamodb knows the faults ${DATABASE_FAULTS.join(", ")}` });
  if (fault.count === undefined && fault.seconds === undefined)
    return json(400, { message: "give count or seconds: a fault without an end is not a test" });
  return faults.answer({
    ...request,
    body: Buffer.from(JSON.stringify({ ...fault, target: targetOf(fault.fault) })),
  });
}

function exception(type: string, message: string, fields: Record<string, unknown> = {}): Response {
  // DynamoDB writes `Message` in this one. The SDK reads either spelling.
  return json(
    400,
    { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...fields },
    { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": randomUUID() },
  );
}

/** The answer of a call that is refused before it runs. */
export function faultAnswer(fault: "throttle" | "conflict", operation: string, body: Buffer): Response {
  if (fault === "throttle")
    return exception("ProvisionedThroughputExceededException", "The level of throughput was exceeded");
  if (operation !== "TransactWriteItems")
    return exception("TransactionConflictException", "Transaction is ongoing for the item");
  const { TransactItems = [] } = JSON.parse(body.toString()) as Transaction;
  const CancellationReasons = TransactItems.map((_, index) =>
    index === 0
      ? { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" }
      : { Code: "None" },
  );
  const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return exception("TransactionCanceledException", message, { CancellationReasons });
}
