// What is read of payments by their ids: one with the words of its providers, one with its whole
// trail, and many at a glance. Every read is consistent.
import { type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { PaymentEvent } from "../../contracts/event-types.ts";
import type { PaymentRecord } from "../../domain/payment.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Glance, Recounted } from "../../ports/payment-store.ts";
import { readItems } from "./batch-read.ts";
import { storeError } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import { EVENTS, eventIn, FACTS, paymentIdIn, paymentKey, paymentOf, wholePayment } from "./payment-item.ts";

export class PaymentReads {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  async load(paymentId: string): Promise<PaymentRecord | undefined> {
    const values = { ":pk": paymentKey(paymentId), ":facts": FACTS, ":payment": "PAYMENT" };
    return wholePayment(await this.query("pk = :pk AND sk BETWEEN :facts AND :payment", values));
  }

  async glances(paymentIds: string[]): Promise<Map<string, Glance>> {
    const keys = [...new Set(paymentIds)].map((id) => toItem({ pk: paymentKey(id), sk: "PAYMENT" }));
    const items = await readItems(this.client, this.clock, this.table, keys);
    return new Map(items.map((item) => [paymentIdIn(item), paymentOf(item)]));
  }

  async loadWithEvents(paymentId: string): Promise<Recounted | undefined> {
    const items = await this.query("pk = :pk", { ":pk": paymentKey(paymentId) });
    const payment = wholePayment(items);
    const events = items.filter(({ sk }) => sk?.S?.startsWith(EVENTS)).map(eventIn);
    return payment && { payment, events };
  }

  async events(paymentId: string): Promise<PaymentEvent[]> {
    const values = { ":pk": paymentKey(paymentId), ":event": EVENTS };
    return (await this.query("pk = :pk AND begins_with(sk, :event)", values)).map(eventIn);
  }

  /** All items, page by page: a payment's partition is small. */
  private async query(condition: string, values: Record<string, string>): Promise<Item[]> {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: toItem(values),
        ...(from ? { ExclusiveStartKey: from } : {}),
      });
      const page = await this.client.send(command).catch((error) => Promise.reject(storeError(error)));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }
}
