// The payments of a shard that are not closed, and those that hold value in transit: one page of a
// sparse index.
import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { type Holder, holderOrder } from "../../domain/value-in-transit.ts";
import type { Open } from "../../ports/payment-store.ts";
import { storeError } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import { holderOf, openKey, openOf, openShardKey, transitShardKey } from "./payment-item.ts";

/** Later than every payment. */
export const EVER = "9999";

export class PaymentLists {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.client = client;
    this.table = table;
  }

  async openBefore(shard: number, before: string, limit: number, after?: Open): Promise<Open[]> {
    const items = await this.listed({
      IndexName: "open",
      KeyConditionExpression: "open_shard = :shard AND open_since < :before",
      ExpressionAttributeValues: toItem({ ":shard": openShardKey(shard), ":before": before }),
      Limit: limit,
      // By its whole key: payments of one moment are many, and none of them may be skipped.
      ...(after ? { ExclusiveStartKey: openKey(shard, after) } : {}),
    });
    return items.map(openOf);
  }

  async inTransit(shard: number, limit: number, after?: Holder): Promise<Holder[]> {
    const values = { ":shard": transitShardKey(shard), ...(after ? { ":after": holderOrder(after) } : {}) };
    const items = await this.listed({
      IndexName: "transit",
      KeyConditionExpression: `transit_shard = :shard${after ? " AND transit_order > :after" : ""}`,
      ExpressionAttributeValues: toItem(values),
      Limit: limit,
    });
    return items.map(holderOf);
  }

  private async listed(query: Omit<QueryCommandInput, "TableName">): Promise<Item[]> {
    const command = new QueryCommand({ TableName: this.table, ...query });
    const { Items = [] } = await this.client
      .send(command)
      .catch((error) => Promise.reject(storeError(error)));
    return Items;
  }
}
