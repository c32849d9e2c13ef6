// The directory in a DynamoDB table of its own: MERCHANT#id / PLACEMENT, put once, and CELLS /
// <cell>, what a cell has promised. Both are written in one transaction, so that merchants who come
// at once cannot fill a cell beyond its capacity; and with them by whose hand, OPERATIONS#<day>.
import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Commitments, Placement } from "../../domain/cell-placement.ts";
import { idFor } from "../../domain/idempotency.ts";
import type { Operation } from "../../domain/operation.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Directory } from "../../ports/directory.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { operationWrite } from "./operation-writes.ts";

const CELLS = "CELLS";
const keyOf = (merchantId: string) => ({ pk: `MERCHANT#${merchantId}`, sk: "PLACEMENT" });

export class DynamoDirectory implements Directory {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;
  private readonly hand: Pick<Operation, "by" | "reason">;

  /** `hand`: who places merchants here, and why. */
  constructor(client: DynamoDBClient, clock: Clock, table: string, hand: Pick<Operation, "by" | "reason">) {
    this.client = client;
    this.clock = clock;
    this.table = table;
    this.hand = hand;
  }

  async find(merchantId: string): Promise<Placement | undefined> {
    const Key = toItem(keyOf(merchantId));
    const read = this.client.send(new GetItemCommand({ TableName: this.table, Key, ConsistentRead: true }));
    const { Item } = await read.catch((error) => Promise.reject(storeError(error)));
    return Item && (unmarshall(Item).placement as Placement);
  }

  /** One page: 1 MB holds thousands of cells. */
  async commitments(): Promise<Commitments> {
    const read = this.client.send(
      new QueryCommand({
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :cells",
        ExpressionAttributeValues: toItem({ ":cells": CELLS }),
      }),
    );
    const { Items = [] } = await read.catch((error) => Promise.reject(storeError(error)));
    const cells = Items.map((item) => unmarshall(item));
    return new Map(cells.map(({ sk, committed }) => [String(sk), Number(committed)]));
  }

  async record(placement: Placement, capacity: number): Promise<"recorded" | "taken" | "full"> {
    const { merchant_id, cell, rate_per_second } = placement;
    // The condition of the promise cannot say it: it lets in whoever comes first to a cell.
    if (rate_per_second > capacity) return "full";
    const place = {
      TableName: this.table,
      Item: toItem({ ...keyOf(merchant_id), placement }),
      ConditionExpression: "attribute_not_exists(pk)",
    };
    const room = "attribute_not_exists(committed) OR committed <= :room";
    const promise = this.promise(cell, rate_per_second, capacity, room);
    if (await this.write({ Put: place }, promise, this.operation(placement))) return "recorded";
    // Read, because DynamoDB need not report every condition that failed.
    return (await this.find(merchant_id)) ? "taken" : "full";
  }

  async resize(placed: Placement, rate: number, capacity: number): Promise<"resized" | "outrun" | "full"> {
    const { merchant_id, cell, rate_per_second } = placed;
    const change = {
      TableName: this.table,
      Key: toItem(keyOf(merchant_id)),
      UpdateExpression: "SET placement.rate_per_second = :rate",
      ConditionExpression: "placement.rate_per_second = :before",
      ExpressionAttributeValues: toItem({ ":rate": rate, ":before": rate_per_second }),
    };
    const more = rate - rate_per_second;
    // Its cell has promised something: it lives there.
    const room = "committed <= :room";
    const promise = this.promise(cell, more, capacity, room);
    const operation = this.operation({ ...placed, rate_per_second: rate }, rate_per_second);
    if (await this.write({ Update: change }, promise, operation)) return "resized";
    return (await this.find(merchant_id))?.rate_per_second === rate_per_second ? "full" : "outrun";
  }

  /** What is promised goes up, on condition that the cell has `:room` for it, or down. */
  private promise(
    cell: string,
    more: number,
    capacity: number,
    ConditionExpression: string,
  ): TransactWriteItem {
    const room = more > 0 ? capacity - more : Number.MAX_SAFE_INTEGER;
    return {
      Update: {
        TableName: this.table,
        Key: toItem({ pk: CELLS, sk: cell }),
        UpdateExpression: "ADD committed :more",
        ConditionExpression,
        ExpressionAttributeValues: toItem({ ":more": more, ":room": room }),
      },
    };
  }

  private operation({ merchant_id, placed_at, ...placement }: Placement, before?: number): TransactWriteItem {
    const at = new Date(this.clock.now()).toISOString();
    const details = { ...placement, ...(before === undefined ? {} : { rate_before: before }) };
    const operation_id = idFor("operation placement", merchant_id, `${placed_at} ${before} ${at}`);
    const operation: Operation = { operation_id, kind: "placement", at, ...this.hand, merchant_id, details };
    return operationWrite(operation, this.table);
  }

  /** All writes or none. False when a condition failed. */
  private async write(...TransactItems: TransactWriteItem[]): Promise<boolean> {
    try {
      const command = new TransactWriteItemsCommand({ TransactItems });
      await throughContention(this.clock, () => this.client.send(command));
      return true;
    } catch (error) {
      if (!failedConditions(error)) throw storeError(error);
      return false;
    }
  }
}
