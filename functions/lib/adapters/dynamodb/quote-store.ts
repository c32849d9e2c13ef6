// Quotes in DynamoDB, in the payments table: the acceptance of a payment consumes them.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { minuteAfter, type Quote } from "../../domain/quote.ts";
import type { Clock } from "../../ports/clock.ts";
import type { QuoteStore } from "../../ports/quote-store.ts";
import { storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { quoteIn, quoteItem, quoteKey, quotesKey } from "./quote-item.ts";

export class DynamoQuoteStore implements QuoteStore {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  async keep(quote: Quote): Promise<Quote> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: quoteItem(quote),
      ConditionExpression: "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      await throughContention(this.clock, () => this.client.send(command));
      return quote;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item) return quoteIn(error.Item);
      throw storeError(error);
    }
  }

  /**
   * A write of its own before the quote's: one that dies in between has counted a quote too many.
   * In one transaction a merchant's quotes would conflict with each other.
   */
  async count(merchantId: string, expires: number, most: number): Promise<boolean> {
    const update = new UpdateItemCommand({
      TableName: this.table,
      Key: quotesKey(merchantId, expires),
      UpdateExpression: "SET delete_after = :passed ADD counted :one",
      ConditionExpression: "attribute_not_exists(counted) OR counted < :most",
      ExpressionAttributeValues: toItem({
        ":passed": minuteAfter(expires) / 1_000,
        ":one": 1,
        ":most": most,
      }),
    });
    try {
      await throughContention(this.clock, () => this.client.send(update));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storeError(error);
    }
  }

  async find(quoteId: string): Promise<Quote | undefined> {
    const command = new GetItemCommand({
      TableName: this.table,
      Key: quoteKey(quoteId),
      ConsistentRead: true,
    });
    const { Item } = await this.client.send(command).catch((error) => Promise.reject(storeError(error)));
    return Item && quoteIn(Item);
  }
}
