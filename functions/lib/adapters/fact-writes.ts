// Writes one fact: over nothing, or over the news that the operation was pending. What is refused is judged by what stands.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type Fact, judgeFact } from "../domain/fact.ts";
import { InvariantBroken } from "../errors/registry.ts";
import type { Clock } from "../ports/clock.ts";
import type { FactRecorded } from "../ports/payment-store.ts";
import { storeError, throughContention } from "./dynamodb.ts";
import { toItem } from "./item.ts";
import { factItem, factOf } from "./payment-item.ts";

const OVER_NOTHING = "attribute_not_exists(pk)";
const OVER_PENDING = {
  ConditionExpression: `${OVER_NOTHING} OR #state = :pending`,
  ExpressionAttributeNames: { "#state": "state" },
  ExpressionAttributeValues: toItem({ ":pending": "pending" }),
};

export async function recordFact(
  client: DynamoDBClient,
  clock: Clock,
  TableName: string,
  paymentId: string,
  fact: Fact,
): Promise<FactRecorded> {
  const command = new PutItemCommand({
    TableName,
    Item: factItem(paymentId, fact),
    ...(fact.state === "pending" ? { ConditionExpression: OVER_NOTHING } : OVER_PENDING),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    await throughContention(clock, () => client.send(command));
    return { outcome: "recorded" };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
    if (!error.Item) throw new InvariantBroken("a fact was refused by nothing");
    const standing = factOf(error.Item);
    const outcome = judgeFact(standing, fact);
    return outcome === "contradicts" ? { outcome, standing } : { outcome: "known" };
  }
}
