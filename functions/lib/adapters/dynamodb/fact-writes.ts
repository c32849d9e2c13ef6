// Writes what providers told of a payment's operations, one FACT item each. A word that contradicts
// the kept one is put beside it, and the payment shows that it is disputed until a person has
// decided.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { classifyFact, type Fact, type Word } from "../../domain/provider-fact.ts";
import type { Step } from "../../domain/saga-definition.ts";
import { InvariantBroken, StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FactRecorded } from "../../ports/payment-store.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import { factItem, factKey, factOf, nextEdition, paymentKey, UNTOLD } from "./payment-item.ts";

/** A word that was overtaken by others so often is told again by its sender. */
const RACES = 5;

/** A word may be written over nothing, and a final one over `pending`: the others are judged. */
function unlessFinal({ state }: Fact) {
  const nothing = { ConditionExpression: "attribute_not_exists(pk)" };
  if (state === "pending") return nothing;
  return {
    ConditionExpression: `${nothing.ConditionExpression} OR #state = :pending`,
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: toItem({ ":pending": "pending" }),
  };
}

/** What was kept before there were editions has none, and gets one with the next word. */
const whileItIs = (edition: string | undefined) =>
  edition === undefined
    ? { ConditionExpression: "attribute_not_exists(edition)" }
    : {
        ConditionExpression: "edition = :judged",
        ExpressionAttributeValues: toItem({ ":judged": edition }),
      };

/** The first word is kept, and the other one contradicts it. */
const KEEPS_BOTH =
  "#state = :one_state AND id = :one_id AND contradicted.#state = :other_state AND contradicted.id = :other_id";

export class FactWrites {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  /** A word that finds another one is judged by that, and written over it while it stands. */
  async record(paymentId: string, fact: Fact): Promise<FactRecorded> {
    await this.noteTold(paymentId);
    let found = await this.put(paymentId, fact, unlessFinal(fact));
    for (let race = 0; found && race < RACES; race++) {
      const kept = factOf(found);
      const outcome = classifyFact(kept, fact);
      if (outcome === "contradicts") return { outcome, kept };
      if (outcome !== "recorded") return { outcome };
      found = await this.put(paymentId, fact, whileItIs(found.edition?.S));
    }
    if (found) throw new StoreContention("what the provider told changes faster than it can be judged");
    return { outcome: "recorded" };
  }

  /**
   * Before the fact, so that no payment is taken for untold that has one. Who dies in between has
   * made a step read a payment that it need not have read.
   */
  private async noteTold(paymentId: string): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: this.table,
      Key: toItem({ pk: paymentKey(paymentId), sk: "PAYMENT" }),
      UpdateExpression: "REMOVE #untold",
      ConditionExpression: "attribute_exists(#untold)",
      ExpressionAttributeNames: { "#untold": UNTOLD },
    });
    try {
      await throughContention(this.clock, () => this.client.send(update));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
    }
  }

  /** Undefined when it was written; else what stands there. */
  private async put(
    paymentId: string,
    fact: Fact,
    condition: ReturnType<typeof unlessFinal | typeof whileItIs>,
  ): Promise<Item | undefined> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: factItem(paymentId, fact),
      ...condition,
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      await throughContention(this.clock, () => this.client.send(command));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
      if (!error.Item) throw new InvariantBroken("a fact was refused by nothing");
      return error.Item;
    }
  }

  async dispute(paymentId: string, kept: Fact, other: Fact): Promise<void> {
    const { operation, ...word } = other;
    await this.transact([
      {
        Update: {
          ...this.fact(paymentId, operation),
          UpdateExpression: "SET contradicted = if_not_exists(contradicted, :word), edition = :edition",
          ConditionExpression: "#state = :state AND id = :id",
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: toItem({
            ":word": word,
            ":edition": nextEdition(),
            ":state": kept.state,
            ":id": kept.id,
          }),
        },
      },
      this.disputed(paymentId, "ADD", operation),
    ]);
  }

  async settle(
    paymentId: string,
    decided: Fact,
    [one, other]: [Word, Word],
    withdraws: Step | undefined,
  ): Promise<void> {
    await this.transact([
      {
        Put: {
          TableName: this.table,
          Item: factItem(paymentId, decided),
          ConditionExpression: KEEPS_BOTH,
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: toItem({
            ":one_state": one.state,
            ":one_id": one.id,
            ":other_state": other.state,
            ":other_id": other.id,
          }),
        },
      },
      withdraws === undefined
        ? this.disputed(paymentId, "DELETE", decided.operation)
        : this.withdrawn(paymentId, decided.operation, withdraws),
    ]);
  }

  /** The refusal of the step is only doubted now, and nothing of the operation is disputed. */
  private withdrawn(paymentId: string, operation: Fact["operation"], step: Step): TransactWriteItem {
    return {
      Update: {
        TableName: this.table,
        Key: toItem({ pk: paymentKey(paymentId), sk: "PAYMENT" }),
        UpdateExpression: "SET doubted_refusal = failure REMOVE failure DELETE disputed :operation",
        ConditionExpression: "failure.#step = :step",
        ExpressionAttributeNames: { "#step": "step" },
        ExpressionAttributeValues: toItem({ ":operation": new Set([operation]), ":step": step }),
      },
    };
  }

  private fact(paymentId: string, operation: Fact["operation"]) {
    return { TableName: this.table, Key: toItem({ pk: paymentKey(paymentId), sk: factKey(operation) }) };
  }

  /** The set of disputed operations on the PAYMENT item; DynamoDB drops it when it is empty. */
  private disputed(
    paymentId: string,
    verb: "ADD" | "DELETE",
    operation: Fact["operation"],
  ): TransactWriteItem {
    return {
      Update: {
        TableName: this.table,
        Key: toItem({ pk: paymentKey(paymentId), sk: "PAYMENT" }),
        UpdateExpression: `${verb} disputed :operation`,
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: toItem({ ":operation": new Set([operation]) }),
      },
    };
  }

  /** Throws StoreContention where the facts are not as they were read. */
  private async transact(TransactItems: TransactWriteItem[]): Promise<void> {
    const command = new TransactWriteItemsCommand({ TransactItems });
    try {
      await throughContention(this.clock, () => this.client.send(command));
    } catch (error) {
      if (failedConditions(error)) throw new StoreContention("what the provider told changed meanwhile");
      throw storeError(error);
    }
  }
}
