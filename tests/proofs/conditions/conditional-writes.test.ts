// A condition is taken out of the writes that have it, whole and alone.
import {
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { admit } from "../../../functions/lib/adapters/dynamodb/admissions.ts";
import { ConditionalWrites, nameMethods } from "./conditional-writes.ts";

const sent: { input: Record<string, unknown> }[] = [];
const writes = new ConditionalWrites();
let answer: () => Promise<unknown> = async () => ({});

class DynamoShelf {
  private readonly client = new DynamoDBClient({ region: "local" });

  put(input: object): Promise<unknown> {
    return this.client.send(new PutItemCommand({ TableName: "t", ...input } as never));
  }
  update(input: object): Promise<unknown> {
    return this.client.send(new UpdateItemCommand({ TableName: "t", ...input } as never));
  }
  transact(...TransactItems: object[]): Promise<unknown> {
    return this.client.send(new TransactWriteItemsCommand({ TransactItems: TransactItems as never }));
  }
}

beforeAll(() => {
  DynamoDBClient.prototype.send = jest.fn(async (command: { input: object }) => {
    sent.push(command as (typeof sent)[number]);
    return answer();
  }) as never;
  writes.install();
  nameMethods(DynamoShelf);
});
beforeEach(() => {
  sent.length = 0;
  writes.without = undefined;
  answer = async () => ({});
});

const item = (sk: string) => ({ pk: { S: "BOOK#1" }, sk: { S: sk } });
const GUARDED = {
  Key: item("PAYMENT"),
  UpdateExpression: "SET #asked_capture_payment = if_not_exists(#asked_capture_payment, :now)",
  ConditionExpression: "#owner = :me AND attribute_not_exists(#tombstone_capture_payment)",
  ExpressionAttributeNames: {
    "#asked_capture_payment": "asked_capture_payment",
    "#owner": "owner",
    "#tombstone_capture_payment": "tombstone_capture_payment",
  },
  ExpressionAttributeValues: { ":now": { N: "1" }, ":me": { S: "me" } },
};
const ONCE = { ConditionExpression: "attribute_not_exists(pk)" };
const SEEN = [
  "Shelf.update PAYMENT: owner = :me",
  "Shelf.update PAYMENT: attribute_not_exists(tombstone_<step>)",
  "Shelf.update PAYMENT: asked_<step> = if_not_exists(asked_<step>, :now)",
];

describe("the conditions of a write", () => {
  it("are told by whose write they are, of which item, for whichever step", async () => {
    const seen: string[] = [];
    writes.seen = ({ write, part }) => seen.push(`${write}: ${part}`);
    await new DynamoShelf().update(GUARDED);
    writes.seen = () => undefined;
    expect(seen).toEqual(SEEN);
    expect(sent[0]?.input).toEqual({ TableName: "t", ...GUARDED });
  });

  it("are sent without the one that is out, and without what only it had named", async () => {
    [writes.without] = SEEN;
    await new DynamoShelf().update(GUARDED);
    const { "#owner": _, ...names } = GUARDED.ExpressionAttributeNames;
    expect(sent[0]?.input).toMatchObject({
      ConditionExpression: "attribute_not_exists(#tombstone_capture_payment)",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ":now": { N: "1" } },
    });
  });

  it("are sent with the latest value where the first one would have stayed", async () => {
    [, , writes.without] = SEEN;
    await new DynamoShelf().update(GUARDED);
    expect(sent[0]?.input).toMatchObject({
      UpdateExpression: "SET #asked_capture_payment = :now",
      ConditionExpression: GUARDED.ConditionExpression,
    });
  });

  it("are out in a transaction of the writes that have them, and of no other", async () => {
    writes.without = "Shelf.transact EVENT: attribute_not_exists(pk)";
    const put = (sk: string) => ({
      Put: { Item: item(sk), ConditionExpression: "attribute_not_exists(pk)" },
    });
    await new DynamoShelf().transact(put("EVENT#000001"), put("METADATA"));
    const [event, metadata] = (sent[0]?.input.TransactItems ?? []) as ReturnType<typeof put>[];
    expect(event?.Put.ConditionExpression).toBeUndefined();
    expect(metadata).toEqual(put("METADATA"));
  });

  it("are always met where a check is nothing but them, which then stays in its place", async () => {
    writes.without = "Shelf.transact BALANCE: attribute_not_exists(pk)";
    const ConditionCheck = { Key: item("BALANCE#EUR"), ...ONCE };
    await new DynamoShelf().transact({ ConditionCheck });
    expect(sent[0]?.input.TransactItems).toMatchObject([
      { ConditionCheck: { ConditionExpression: "attribute_exists(pk) OR attribute_not_exists(pk)" } },
    ]);
  });

  it("are of another write where another method sends them", async () => {
    writes.without = "Shelf.transact EVENT: attribute_not_exists(pk)";
    const put = { Item: item("EVENT#000001"), ConditionExpression: "attribute_not_exists(pk)" };
    await new DynamoShelf().put(put);
    expect(sent[0]?.input).toMatchObject(put);
  });

  it("are told by whose function they are where it stands outside of every class", async () => {
    const seen: string[] = [];
    writes.seen = ({ write, part }) => seen.push(`${write}: ${part}`);
    const by = { operation_id: "1", kind: "placement", at: "2026-01-01T00:00:00.000Z", by: "mia" } as const;
    await admit(new DynamoDBClient({ region: "local" }), { payments: "p", integrity: "i" }, "m1", by);
    writes.seen = () => undefined;
    expect(seen).toEqual([
      "admit ADMISSION: attribute_not_exists(pk)",
      "admit OPERATIONS: attribute_not_exists(pk)",
    ]);
  });

  it("are those of one kind of item whichever currency it is of", async () => {
    const seen: string[] = [];
    writes.seen = ({ write }) => seen.push(write);
    for (const sk of ["EUR", "JPY"])
      await new DynamoShelf().put({ Item: { pk: { S: "OVERDRAFTS#m1" }, sk: { S: sk } }, ...ONCE });
    writes.seen = () => undefined;
    expect(new Set(seen)).toEqual(new Set(["Shelf.put OVERDRAFTS"]));
  });

  it("are refused where no store is known for them", async () => {
    const client = new DynamoDBClient({ region: "local" });
    const put = {
      TableName: "t",
      Item: item("EVENT#000001"),
      ConditionExpression: "attribute_not_exists(pk)",
    };
    await expect(client.send(new PutItemCommand(put))).rejects.toThrow("a conditional write of no store");
  });

  it("are kept in mind where DynamoDB cannot read what is left", async () => {
    const unreadable = Object.assign(new Error("unused name"), { name: "ValidationException" });
    answer = () => Promise.reject(unreadable);
    await expect(new DynamoShelf().update(GUARDED)).rejects.toThrow("unused name");
    expect(writes.unreadable).toEqual([]);
    [writes.without] = SEEN;
    await expect(new DynamoShelf().update(GUARDED)).rejects.toThrow("unused name");
    expect(writes.unreadable).toEqual([`${SEEN[0]}: unused name`]);
  });
});
