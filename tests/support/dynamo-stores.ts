// The stores over a file's tables in DynamoDB Local, and the hand that changes these.
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoApprovals } from "../../functions/lib/adapters/dynamodb/approvals.ts";
import { Expression } from "../../functions/lib/adapters/dynamodb/conditions.ts";
import { toItem } from "../../functions/lib/adapters/dynamodb/item.ts";
import { DynamoLedgerStore } from "../../functions/lib/adapters/dynamodb/ledger-store.ts";
import { DynamoOperatorJournal } from "../../functions/lib/adapters/dynamodb/operator-journal.ts";
import { eventItem, eventKey, paymentKey } from "../../functions/lib/adapters/dynamodb/payment-item.ts";
import { DynamoPaymentStore } from "../../functions/lib/adapters/dynamodb/payment-store.ts";
import { DynamoQuoteStore } from "../../functions/lib/adapters/dynamodb/quote-store.ts";
import { markAttribute, markAttributesOf } from "../../functions/lib/domain/payment.ts";
import { STEPS } from "../../functions/lib/domain/saga-definition.ts";
import type { Alteration, Hand, Stores } from "./conformance/fixtures.ts";
import { TABLES } from "./dynamodb.ts";
import { ManualClock } from "./memory/manual-clock.ts";

/** `client` is how the stores reach DynamoDB, and `straight` how the hand does. */
export function dynamoStores(
  client: DynamoDBClient,
  clock = new ManualClock(),
  straight: DynamoDBClient = client,
): Stores {
  return {
    payments: new DynamoPaymentStore(client, clock, TABLES),
    ledger: new DynamoLedgerStore(client, clock, TABLES.ledger, TABLES.integrity),
    quotes: new DynamoQuoteStore(client, clock, TABLES.payments),
    approvals: new DynamoApprovals(client, clock, TABLES.integrity),
    operations: new DynamoOperatorJournal(client, clock, TABLES.integrity),
    clock,
    hand: handIn(straight),
  };
}

function handIn(client: DynamoDBClient): Hand {
  const TableName = TABLES.payments;
  const lose = async (paymentId: string, sk: string): Promise<void> => {
    const Key = toItem({ pk: paymentKey(paymentId), sk });
    await client.send(new DeleteItemCommand({ TableName, Key }));
  };
  return {
    alter: async (paymentId, { marks = {}, ...attributes }) => {
      const expression = new Expression();
      const changes = { ...attributes, ...markAttributes(marks) };
      const update = new UpdateItemCommand({
        TableName,
        Key: toItem({ pk: paymentKey(paymentId), sk: "PAYMENT" }),
        UpdateExpression: `SET ${expression.assignments(changes)}`,
        ExpressionAttributeNames: expression.names,
        ExpressionAttributeValues: toItem(expression.values),
      });
      await client.send(update);
    },
    putEvent: async (event) => {
      await client.send(new PutItemCommand({ TableName, Item: eventItem(event) }));
    },
    loseEvent: (paymentId, sequence) => lose(paymentId, eventKey(sequence)),
    losePayment: (paymentId) => lose(paymentId, "PAYMENT"),
    keepAsBefore: async ({ payment, event, fingerprint, response, requestId }) => {
      const members = Object.entries(fingerprint.members).map(([name, hash]) => `${name}${hash}`);
      const answer = {
        response,
        body_hash: fingerprint.body,
        members: members.join(","),
        accepted_by: requestId,
      };
      await client.send(new PutItemCommand({ TableName, Item: eventItem(event, answer) }));
      const Item = toItem({ pk: paymentKey(payment.payment_id), sk: "METADATA", metadata: { order: "7" } });
      await client.send(new PutItemCommand({ TableName, Item }));
    },
  };
}

const markAttributes = (marks: NonNullable<Alteration["marks"]>): Record<string, number> =>
  Object.fromEntries(
    markAttributesOf(STEPS).flatMap(({ kind, step }) => {
      const at = marks[kind]?.[step];
      return at === undefined ? [] : [[markAttribute(kind, step), at]];
    }),
  );
