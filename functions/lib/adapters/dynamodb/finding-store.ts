// Findings in DynamoDB: FINDING#payment / kind. A sparse index lists the open ones, oldest first.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../ports/clock.ts";
import type { Finding, FindingKind, FindingStore, OpenFinding } from "../../ports/finding-store.ts";
import { measure } from "../../runtime/metrics.ts";
import { storeError, throughContention } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import { INDEX_SHARDS, openShardKey, shardOf } from "./payment-item.ts";

const PREFIX = "FINDING#";
/** A provider's contradiction is recorded nowhere else: no check of the payment can clear it. */
const FOR_A_PERSON: FindingKind = "provider-disagrees";
/** An open finding is news when its details differ, a closed one when it was found since. */
const IS_NEWS =
  "attribute_not_exists(pk) OR closed_at < :at OR (attribute_not_exists(closed_at) AND details <> :details AND found_at <= :at)";

export class DynamoFindingStore implements FindingStore {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  async open({ payment_id, kind, details, cause, found_at }: Finding): Promise<void> {
    const old = await this.update({
      Key: toItem({ pk: `${PREFIX}${payment_id}`, sk: kind }),
      UpdateExpression: `SET details = :details, found_at = :at, open_shard = :shard${
        cause === undefined ? " REMOVE closed_at, cause" : ", cause = :cause REMOVE closed_at"
      } ADD times :one`,
      ConditionExpression: IS_NEWS,
      ExpressionAttributeValues: toItem({
        ":details": details,
        ":at": found_at,
        ":shard": openShardKey(shardOf(payment_id)),
        ":one": 1,
        ...(cause === undefined ? {} : { ":cause": cause }),
      }),
    });
    // An item with our own moment is our own write, whose answer got lost.
    if (old === undefined || old.found_at?.S === found_at) measure({ FindingsOpened: 1 }, { kind });
  }

  async close(paymentId: string, at: string): Promise<void> {
    const command = new QueryCommand({
      TableName: this.table,
      ConsistentRead: true,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: toItem({ ":pk": `${PREFIX}${paymentId}` }),
    });
    const { Items = [] } = await this.client
      .send(command)
      .catch((error) => Promise.reject(storeError(error)));
    for (const { sk } of Items)
      if (sk?.S && sk.S !== FOR_A_PERSON) await this.settle(paymentId, sk.S as FindingKind, at);
  }

  async settle(paymentId: string, kind: FindingKind, at: string): Promise<void> {
    await this.update({
      Key: toItem({ pk: `${PREFIX}${paymentId}`, sk: kind }),
      UpdateExpression: "SET closed_at = :at REMOVE open_shard",
      ConditionExpression: "attribute_not_exists(closed_at) AND found_at <= :at",
      ExpressionAttributeValues: toItem({ ":at": at }),
    });
  }

  async listOpen(limit: number): Promise<OpenFinding[]> {
    const shards = Array.from({ length: INDEX_SHARDS }, (_, shard) => this.openOf(shard, limit));
    return (await Promise.all(shards))
      .flat()
      .sort((a, b) => (a.found_at < b.found_at ? -1 : 1))
      .slice(0, limit);
  }

  private async openOf(shard: number, limit: number): Promise<OpenFinding[]> {
    const command = new QueryCommand({
      TableName: this.table,
      IndexName: "open",
      KeyConditionExpression: "open_shard = :shard",
      ExpressionAttributeValues: toItem({ ":shard": openShardKey(shard) }),
      Limit: limit,
    });
    const { Items = [] } = await this.client
      .send(command)
      .catch((error) => Promise.reject(storeError(error)));
    return Items.map(openFindingOf);
  }

  /** Undefined when it was written; else the item whose condition forbade it. */
  private async update(update: Omit<UpdateItemCommandInput, "TableName">): Promise<Item | undefined> {
    const command = new UpdateItemCommand({
      TableName: this.table,
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ...update,
    });
    try {
      await throughContention(this.clock, () => this.client.send(command));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
      return error.Item ?? {};
    }
  }
}

const openFindingOf = ({ pk, sk, found_at }: Item): OpenFinding => ({
  payment_id: String(pk?.S).slice(PREFIX.length),
  kind: sk?.S as FindingKind,
  found_at: String(found_at?.S),
});
