// The operator's journal in DynamoDB. A day is one key: what people do by hand in a day fits, and
// no scan is needed to read it.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { Operation } from "../../domain/operation.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OperatorJournal } from "../../ports/operator-journal.ts";
import { reportOperation } from "../../runtime/operations.ts";
import { storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { operationOf, operationPut, operationsKey } from "./operation-writes.ts";

export class DynamoOperatorJournal implements OperatorJournal {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  /** One that is there is our own, whose answer got lost: its key holds its id. */
  async record(operation: Operation): Promise<void> {
    const command = new PutItemCommand(operationPut(operation, this.table));
    try {
      await throughContention(this.clock, () => this.client.send(command));
      reportOperation(operation);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
    }
  }

  async ofDay(day: string, limit: number, before?: string): Promise<Operation[]> {
    const command = new QueryCommand({
      TableName: this.table,
      ConsistentRead: true,
      KeyConditionExpression: before === undefined ? "pk = :pk" : "pk = :pk AND sk < :before",
      ExpressionAttributeValues: toItem({ ":pk": operationsKey(day), ":before": before }),
      ScanIndexForward: false,
      Limit: limit,
    });
    const { Items = [] } = await this.client
      .send(command)
      .catch((error) => Promise.reject(storeError(error)));
    return Items.map(operationOf);
  }
}
