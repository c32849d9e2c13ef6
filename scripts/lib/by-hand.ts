// Who runs a script and why, as the operator's journal keeps it.
import { randomUUID } from "node:crypto";
import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { operationPut } from "../../functions/lib/adapters/dynamodb/operation-writes.ts";
import { holdsCardNumber } from "../../functions/lib/domain/card-data.ts";
import type { Operation, OperationKind } from "../../functions/lib/domain/operation.ts";
import { callerOf } from "./caller.ts";

export type Hand = { by: string; reason: string };

const LONGEST = 500;

/** Throws a sentence where no reason is given: what is done by hand says why. */
export async function handOf(workspace: string, reason: string | undefined, profile?: string): Promise<Hand> {
  if (!reason?.trim()) throw new Error('say why: REASON="…"');
  if (reason.length > LONGEST) throw new Error(`REASON has at most ${LONGEST} characters`);
  if (holdsCardNumber(reason)) throw new Error("REASON holds what looks like a card number");
  return { by: await callerOf(workspace, profile), reason };
}

export const operationBy = (
  hand: Hand,
  kind: OperationKind,
  more: Pick<Operation, "merchant_id" | "details">,
): Operation => ({ operation_id: randomUUID(), kind, at: new Date().toISOString(), ...hand, ...more });

/** Writes the operation down, before an act that is no write of DynamoDB. */
export async function writeDown(
  client: DynamoDBClient,
  workspace: string,
  operation: Operation,
): Promise<void> {
  await client.send(new PutItemCommand(operationPut(operation, `${workspace}-integrity`)));
}
