// Findings in DynamoDB: FINDING#payment / kind.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "../ports/clock.ts";
import type { Finding, FindingStore } from "../ports/finding-store.ts";
import { measure } from "../runtime/metrics.ts";
import { storeError, throughContention } from "./dynamodb.ts";
import { toItem } from "./item.ts";

export class DynamoFindingStore implements FindingStore {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  async open(finding: Finding): Promise<void> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: toItem({ pk: `FINDING#${finding.payment_id}`, sk: finding.kind, ...finding }),
      ConditionExpression: "attribute_not_exists(pk)",
    });
    try {
      await throughContention(this.clock, () => this.client.send(command));
      measure({ FindingsOpened: 1 }, { kind: finding.kind });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
    }
  }
}
