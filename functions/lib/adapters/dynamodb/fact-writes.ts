// Writes what providers told of a payment's operations, one FACT item each. A word that contradicts
// the kept one is put beside it, and the payment shows that it is disputed until a person has
// decided.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { classifyFact, type Fact, statedBy } from "../../domain/provider-fact.ts";
import { InvariantBroken, StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FactRecorded } from "../../ports/payment-store.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { factItem, factKey, factOf, paymentKey } from "./payment-item.ts";

const OVER_NOTHING = "attribute_not_exists(pk)";
const OVER_PENDING = "#state = :pending";
/** Two words that contradict each other are a person's to decide between. */
const UNDISPUTED = "attribute_not_exists(contradicted)";
const OVER_DOUBTED = `(attribute_exists(doubt) AND ${UNDISPUTED})`;
/** What was done instead is not denied by anything that was not. */
const OVER_OTHERWISE_DOUBTED = "(attribute_exists(doubt) AND attribute_not_exists(differs))";
const OF_EVIDENCE = `attribute_exists(#by) AND attribute_not_exists(doubt) AND attribute_not_exists(overruled) AND ${UNDISPUTED}`;
const OF_ONE_WORD = `attribute_not_exists(#by) AND attribute_not_exists(doubt) AND ${UNDISPUTED}`;
const SAME = "#state = :state AND id = :id";
const GAVE_AS_MUCH = "received = :received";
const DENIAL = "#state IN (:refused, :tombstoned)";

/** What the word may be written over, as `classifyFact` judges it. */
function waysOver(fact: Fact): string[] {
  const { state, doubt, differs, by } = fact;
  if (state === "pending") return [OVER_NOTHING];
  const always = [OVER_NOTHING, OVER_PENDING];
  if (doubt !== undefined) return differs ? [...always, OVER_OTHERWISE_DOUBTED] : always;
  const isDenied = state !== "succeeded" && by === undefined;
  return [
    ...always,
    isDenied ? OVER_OTHERWISE_DOUBTED : OVER_DOUBTED,
    `(${OF_EVIDENCE}${by === undefined ? "" : ` AND NOT (${saidAgain(fact)})`})`,
    ...overSameWord(fact),
  ];
}

const saidAgain = ({ received }: Fact): string =>
  `${SAME} AND ${received === undefined ? "attribute_not_exists(received)" : GAVE_AS_MUCH}`;

/** Over the same word, where this one states more or somebody vouches for it. */
function overSameWord(fact: Fact): string[] {
  const { state, by, received } = fact;
  if (state !== "succeeded") return by === undefined ? [] : [`(${DENIAL} AND ${OF_ONE_WORD})`];
  const lacks = statedBy(fact).map((member) => `attribute_not_exists(${member})`);
  if (by === undefined && lacks.length === 0) return [];
  const isSame = [
    SAME,
    OF_ONE_WORD,
    ...(received === undefined ? [] : [`(attribute_not_exists(received) OR ${GAVE_AS_MUCH})`]),
    ...(by === undefined ? [`(${lacks.join(" OR ")})`] : []),
  ];
  return [`(${isSame.join(" AND ")})`];
}

function conditionFor(fact: Fact) {
  const ConditionExpression = waysOver(fact).join(" OR ");
  const { state, id, received } = fact;
  const values = {
    ":pending": "pending",
    ":refused": "refused",
    ":tombstoned": "tombstoned",
    ":state": state,
    ":id": id,
    ":received": received,
  };
  const isUsed = (name: string): boolean => new RegExp(`${name}\\b`).test(ConditionExpression);
  const used = Object.entries(values).filter(([name]) => isUsed(name));
  const names = Object.entries({ "#state": "state", "#by": "by" }).filter(([name]) => isUsed(name));
  if (used.length === 0) return { ConditionExpression };
  return {
    ConditionExpression,
    ExpressionAttributeNames: Object.fromEntries(names),
    ExpressionAttributeValues: toItem(Object.fromEntries(used)),
  };
}

/** The one word is kept, and the other one contradicts it. */
const keepsBoth = (one: string, other: string): string =>
  `(#state = :${one}_state AND id = :${one}_id AND contradicted.#state = :${other}_state AND contradicted.id = :${other}_id)`;

export class FactWrites {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  async record(paymentId: string, fact: Fact): Promise<FactRecorded> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: factItem(paymentId, fact),
      ...conditionFor(fact),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      await throughContention(this.clock, () => this.client.send(command));
      return { outcome: "recorded" };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
      if (!error.Item) throw new InvariantBroken("a fact was refused by nothing");
      const kept = factOf(error.Item);
      const outcome = classifyFact(kept, fact);
      if (outcome === "recorded") throw new InvariantBroken("a fact was refused by what it may replace");
      return outcome === "contradicts" ? { outcome, kept } : { outcome };
    }
  }

  async dispute(paymentId: string, kept: Fact, other: Fact): Promise<void> {
    const { operation, ...word } = other;
    await this.transact([
      {
        Update: {
          ...this.fact(paymentId, operation),
          UpdateExpression: "SET contradicted = if_not_exists(contradicted, :word)",
          ConditionExpression: "#state = :state AND id = :id",
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: toItem({ ":word": word, ":state": kept.state, ":id": kept.id }),
        },
      },
      this.disputed(paymentId, "ADD", operation),
    ]);
  }

  async settle(paymentId: string, decided: Fact): Promise<void> {
    const { operation, state, id, overruled } = decided;
    await this.transact([
      {
        Put: {
          TableName: this.table,
          Item: factItem(paymentId, decided),
          ConditionExpression: [keepsBoth("holds", "not"), keepsBoth("not", "holds")].join(" OR "),
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: toItem({
            ":holds_state": state,
            ":holds_id": id,
            ":not_state": overruled?.state,
            ":not_id": overruled?.id,
          }),
        },
      },
      this.disputed(paymentId, "DELETE", operation),
    ]);
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
