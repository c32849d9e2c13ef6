// How a quote lies in the payments table, and the write that consumes it.
//   QUOTE#id / QUOTE · QUOTES#merchant / 2026-12-01T04:05:00.000Z
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { type Claim, minuteAfter, type Quote } from "../../domain/quote.ts";
import { fromItem, type Item, toItem } from "./item.ts";

export const quoteKey = (quoteId: string): Item => toItem({ pk: `QUOTE#${quoteId}`, sk: "QUOTE" });

/** Of the counter of a merchant's quotes that expire before the end of a minute. */
export const quotesKey = (merchantId: string, expires: number): Item =>
  toItem({ pk: `QUOTES#${merchantId}`, sk: new Date(minuteAfter(expires)).toISOString() });

export function quoteItem({ quote_id, ...attributes }: Quote): Item {
  return { ...quoteKey(quote_id), ...toItem(attributes) };
}

/** Reads a QUOTE item. */
export function quoteIn(item: Item): Quote {
  const { pk, sk, ...attributes } = fromItem(item);
  return { ...(attributes as Omit<Quote, "quote_id">), quote_id: String(pk).slice("QUOTE#".length) };
}

/** Consumes the quote on every condition of `objectionToQuote`, at the moment of the write. */
export const consumption = (
  TableName: string,
  quoteId: string,
  paymentId: string,
  { merchant_id, amount, currency, destination_currency, at }: Claim,
): TransactWriteItem => ({
  Update: {
    TableName,
    Key: quoteKey(quoteId),
    UpdateExpression: "SET consumed_by = :payment",
    ConditionExpression: [
      "merchant_id = :merchant",
      "source_amount = :amount AND currency = :currency AND destination_currency = :destination",
      "attribute_not_exists(consumed_by)",
      "expires_at > :at",
    ].join(" AND "),
    ExpressionAttributeValues: toItem({
      ":payment": paymentId,
      ":merchant": merchant_id,
      ":amount": amount,
      ":currency": currency,
      ":destination": destination_currency,
      ":at": at,
    }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  },
});
