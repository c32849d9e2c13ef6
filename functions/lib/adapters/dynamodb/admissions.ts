// Admissions: MERCHANT#id / ADMISSION in the cell's payments table. A merchant that was found is
// remembered while the environment lives, so that a payment costs no read. One that was not found
// is looked up each time: it may be admitted at any moment.
import { type DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import type { Operation } from "../../domain/operation.ts";
import type { Admissions } from "../../ports/admissions.ts";
import { failedConditions, storeError } from "./client.ts";
import { toItem } from "./item.ts";
import { operationWrite } from "./operation-writes.ts";

const keyOf = (merchantId: string) => ({ pk: `MERCHANT#${merchantId}`, sk: "ADMISSION" });

/** A cell has some thousands of merchants. Above this the oldest is dropped and looked up again. */
const REMEMBERED = 10_000;

export class DynamoAdmissions implements Admissions {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly admitted = new Set<string>();

  constructor(client: DynamoDBClient, table: string) {
    this.client = client;
    this.table = table;
  }

  async admits(merchantId: string): Promise<boolean> {
    if (this.admitted.has(merchantId)) return true;
    const Key = toItem(keyOf(merchantId));
    const read = this.client.send(new GetItemCommand({ TableName: this.table, Key }));
    const { Item } = await read.catch((error) => Promise.reject(storeError(error)));
    if (!Item) return false;
    const [oldest] = this.admitted;
    if (this.admitted.size >= REMEMBERED && oldest !== undefined) this.admitted.delete(oldest);
    this.admitted.add(merchantId);
    return true;
  }
}

/**
 * Admits the merchant to the cell whose tables these are, and writes down by whose hand. One that
 * lives here already stays as it is, and nothing is written.
 */
export async function admit(
  client: DynamoDBClient,
  tables: { payments: string; integrity: string },
  merchantId: string,
  by: Operation,
): Promise<void> {
  const Item = toItem(keyOf(merchantId));
  const ConditionExpression = "attribute_not_exists(pk)";
  const TransactItems = [
    { Put: { TableName: tables.payments, Item, ConditionExpression } },
    operationWrite(by, tables.integrity),
  ];
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
  } catch (error) {
    if (!failedConditions(error)) throw storeError(error);
  }
}

/** Outside production merchants come as they please, as their accounts do. */
export const everyone: Admissions = { admits: async () => true };
