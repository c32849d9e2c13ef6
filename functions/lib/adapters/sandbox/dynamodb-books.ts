// The sandbox provider's books in DynamoDB. A row lies under its reference, so that one query reads
// a reference. Two pointers lead to it, by its key and by its id. Two commits of one key race for
// the key's pointer.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Clock } from "../../ports/clock.ts";
import type { Books, Commit, Entry, Hold, StoredAnswer } from "../../sandbox/books.ts";
import { LATEST_MS } from "../../sandbox/webhook.ts";
import type { Announcements } from "../../sandbox/webhook-queue.ts";
import { failedConditions, throughContention } from "../dynamodb/client.ts";
import { type Item, toItem } from "../dynamodb/item.ts";

type Place = { pk: string; sk: string };

const keyPlace = (key: string): Place => ({ pk: `KEY#${key}`, sk: "KEY" });
const idPlace = (id: string): Place => ({ pk: `ID#${id}`, sk: "ID" });
const answerPlace = (key: string): Place => ({ pk: `KEY#${key}`, sk: "ANSWER" });
const planPlace = (reference: string): Place => ({ pk: `REFERENCE#${reference}`, sk: "PLAN" });
/** In the order of their times. */
const rowPlace = ({ reference, at, id }: Entry): Place => ({
  pk: `REFERENCE#${reference}`,
  sk: `ROW#${at}#${id}`,
});

export class DynamoBooks implements Books {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;
  private readonly announcements: Announcements;

  constructor(client: DynamoDBClient, clock: Clock, table: string, announcements: Announcements) {
    this.client = client;
    this.clock = clock;
    this.table = table;
    this.announcements = announcements;
  }

  async find(key: string): Promise<Entry | undefined> {
    return this.rowAt(await this.read<{ row: Place }>(keyPlace(key)));
  }

  async findById(id: string): Promise<Entry | undefined> {
    return this.rowAt(await this.read<{ row: Place }>(idPlace(id)));
  }

  /** Its webhooks are announced first. One that finds no row is early, or the commit failed. */
  async commit({ insert, change, forget, telling }: Commit): Promise<boolean> {
    const announcement = { row_id: insert.id, tries: 0 };
    if (telling === "at_once" || telling === "twice") await this.announcements.announce(announcement, 0);
    if (telling === undefined || telling === "twice")
      await this.announcements.announce(announcement, this.clock.random() * LATEST_MS);
    const TransactItems = [
      this.inserted(insert),
      this.pointer(keyPlace(insert.idempotency_key), insert, forget),
      this.pointer(idPlace(insert.id), insert),
      ...(change ? [this.changed(change)] : []),
    ];
    try {
      await throughContention(this.clock, () =>
        this.client.send(new TransactWriteItemsCommand({ TransactItems })),
      );
      return true;
    } catch (error) {
      if (failedConditions(error)) return false;
      throw error;
    }
  }

  /** The row lies where its pointer would, outside every reference, and points at itself. */
  async tell(untrue: Entry): Promise<void> {
    const place = idPlace(untrue.id);
    await this.putIfAbsent({ ...place, row: place, entry: JSON.stringify(untrue) });
    await this.announcements.announce({ row_id: untrue.id, tries: 0 }, 0);
  }

  async storedAnswer(key: string): Promise<StoredAnswer | undefined> {
    const item = await this.read<{ answer: string }>(answerPlace(key));
    return item && (JSON.parse(item.answer) as StoredAnswer);
  }

  async storeAnswer(key: string, answer: StoredAnswer): Promise<void> {
    await this.putIfAbsent({ ...answerPlace(key), answer: JSON.stringify(answer) });
  }

  async plan(reference: string): Promise<string | undefined> {
    return (await this.read<{ plan: string }>(planPlace(reference)))?.plan;
  }

  async keepPlan(reference: string, plan: string): Promise<void> {
    await this.putIfAbsent({ ...planPlace(reference), plan });
  }

  /** A strike whose answer is lost counts anyway: one fault too few, never one too many. */
  async strike(reference: string, fault: string, times: number): Promise<boolean> {
    const update = {
      TableName: this.table,
      Key: toItem({ pk: `REFERENCE#${reference}`, sk: `STRIKE#${fault}` }),
      UpdateExpression: "ADD strikes :one",
      ConditionExpression: "attribute_not_exists(strikes) OR strikes < :times",
      ExpressionAttributeValues: toItem({ ":one": 1, ":times": times }),
    };
    return unlessRefused(() => this.client.send(new UpdateItemCommand(update)));
  }

  /** One page: a reference has a handful of rows. */
  async list(reference: string): Promise<Entry[]> {
    const query = new QueryCommand({
      TableName: this.table,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :row)",
      ExpressionAttributeValues: toItem({ ":pk": `REFERENCE#${reference}`, ":row": "ROW#" }),
      ConsistentRead: true,
    });
    return ((await this.client.send(query)).Items ?? []).map(entryIn);
  }

  private inserted(row: Entry) {
    const { hold, ...entry } = row;
    const Item = toItem({ ...rowPlace(row), entry: JSON.stringify(entry), ...hold });
    return { Put: { TableName: this.table, Item } };
  }

  /**
   * Where the row lies. `forget` is the row that the pointer shows until now; without it there is
   * no pointer yet.
   */
  private pointer(place: Place, row: Entry, forget?: string) {
    const Item = toItem({ ...place, id: row.id, row: rowPlace(row) });
    const condition = forget
      ? {
          ConditionExpression: "id = :shown",
          ExpressionAttributeValues: toItem({ ":shown": forget }),
        }
      : { ConditionExpression: "attribute_not_exists(pk)" };
    return { Put: { TableName: this.table, Item, ...condition } };
  }

  private changed({ row, to }: NonNullable<Commit["change"]>) {
    const { captured, voided_by } = row.hold;
    return {
      Update: {
        TableName: this.table,
        Key: toItem(rowPlace(row)),
        UpdateExpression: to.voided_by
          ? "SET captured = :captured, voided_by = :voided_by"
          : "SET captured = :captured",
        ConditionExpression: `captured = :before AND ${
          voided_by ? "voided_by = :voided_before" : "attribute_not_exists(voided_by)"
        }`,
        ExpressionAttributeValues: toItem({
          ":captured": to.captured,
          ":voided_by": to.voided_by,
          ":before": captured,
          ":voided_before": voided_by,
        }),
      },
    };
  }

  private async rowAt(pointer: { row: Place } | undefined): Promise<Entry | undefined> {
    const item = pointer && (await this.item(pointer.row));
    return item && entryIn(item);
  }

  private async read<Attributes>(place: Place): Promise<Attributes | undefined> {
    const item = await this.item(place);
    return item && (unmarshall(item) as Attributes);
  }

  private async item(place: Place): Promise<Item | undefined> {
    const read = { TableName: this.table, Key: toItem(place), ConsistentRead: true };
    return (await this.client.send(new GetItemCommand(read))).Item;
  }

  private async putIfAbsent(item: Place & Record<string, unknown>): Promise<void> {
    const put = {
      TableName: this.table,
      Item: toItem(item),
      ConditionExpression: "attribute_not_exists(pk)",
    };
    await unlessRefused(() => this.client.send(new PutItemCommand(put)));
  }
}

function entryIn(item: Item): Entry {
  const { entry, captured, voided_by } = unmarshall(item) as { entry: string } & Partial<Hold>;
  const row = JSON.parse(entry) as Entry;
  if (captured === undefined) return row;
  return { ...row, hold: voided_by === undefined ? { captured } : { captured, voided_by } };
}

/** False when the write's condition did not hold. */
async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
