// Writes one fact. It may replace nothing, a pending fact, an operator's evidence, or the fact that
// the caller names. A refused fact is judged by the one that stands.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { classifyFact, type Fact } from "../../domain/provider-fact.ts";
import { InvariantBroken } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FactRecorded } from "../../ports/payment-store.ts";
import { storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { factItem, factOf } from "./payment-item.ts";

const OVER_NOTHING = "attribute_not_exists(pk)";
function overWhatIsNotFinal(replaced: Fact | undefined) {
  const condition = `${OVER_NOTHING} OR #state = :pending OR attribute_exists(#by)`;
  return {
    ConditionExpression: replaced ? `${condition} OR (#state = :state AND id = :id)` : condition,
    ExpressionAttributeNames: { "#state": "state", "#by": "by" },
    ExpressionAttributeValues: toItem({
      ":pending": "pending",
      ...(replaced ? { ":state": replaced.state, ":id": replaced.id } : {}),
    }),
  };
}

export async function recordFact(
  client: DynamoDBClient,
  clock: Clock,
  TableName: string,
  paymentId: string,
  fact: Fact,
  replaced?: Fact,
): Promise<FactRecorded> {
  const command = new PutItemCommand({
    TableName,
    Item: factItem(paymentId, fact),
    ...(fact.state === "pending" ? { ConditionExpression: OVER_NOTHING } : overWhatIsNotFinal(replaced)),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    await throughContention(clock, () => client.send(command));
    return { outcome: "recorded" };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
    if (!error.Item) throw new InvariantBroken("a fact was refused by nothing");
    const kept = factOf(error.Item);
    const outcome = classifyFact(kept, fact);
    return outcome === "contradicts" ? { outcome, kept } : { outcome: "known" };
  }
}
