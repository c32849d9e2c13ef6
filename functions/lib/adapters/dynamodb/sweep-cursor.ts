// The sweep's cursor in DynamoDB: SWEEP / CURSOR in the payments table. Sweeps never overlap.
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Position, SweepCursor } from "../../ports/sweep-cursor.ts";
import { storeError } from "./client.ts";
import { toItem } from "./item.ts";

const KEY = { pk: "SWEEP", sk: "CURSOR" };

export class DynamoSweepCursor implements SweepCursor {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.client = client;
    this.table = table;
  }

  async read(): Promise<Position | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: toItem(KEY) });
    const { Item } = await this.client.send(command).catch((error) => Promise.reject(storeError(error)));
    return Item && (unmarshall(Item).position as Position | undefined);
  }

  async write(position: Position | undefined): Promise<void> {
    const command = new PutItemCommand({ TableName: this.table, Item: toItem({ ...KEY, position }) });
    await this.client.send(command).catch((error) => Promise.reject(storeError(error)));
  }
}
