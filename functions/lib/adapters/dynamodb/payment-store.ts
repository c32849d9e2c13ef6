// Payments in DynamoDB. A guard is a condition of the write; the old item says why it refused.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { PaymentEvent } from "../../contracts/event-types.ts";
import type { Beginning } from "../../domain/beginning.ts";
import type { Change } from "../../domain/change.ts";
import { type Guard, objectionTo } from "../../domain/guard.ts";
import type { Operation } from "../../domain/operation.ts";
import { FIRST_OF, type PaymentRecord } from "../../domain/payment.ts";
import type { Fact, Word } from "../../domain/provider-fact.ts";
import type { Step } from "../../domain/saga-definition.ts";
import { guardOf, isAchieved, parkedSince, type Transition } from "../../domain/transition.ts";
import type { Holder } from "../../domain/value-in-transit.ts";
import { type ContraError, InvariantBroken, StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  Acceptance,
  Accepted,
  CancelRequest,
  ChangeOutcome,
  FactRecorded,
  Glance,
  Markable,
  Marked,
  Open,
  PaymentStore,
  Recounted,
} from "../../ports/payment-store.ts";
import { writeAcceptance } from "./acceptance-writes.ts";
import { writeCancelRequest } from "./cancel-write.ts";
import { writeChange } from "./change-writes.ts";
import { storeError, throughContention } from "./client.ts";
import { Expression, guardCondition } from "./conditions.ts";
import { writeErasure } from "./erasure-writes.ts";
import { FactWrites } from "./fact-writes.ts";
import { writeFirstIntent } from "./first-intent.ts";
import { type Item, toItem } from "./item.ts";
import { firsts, latest, paymentKey, paymentOf } from "./payment-item.ts";
import { PaymentLists } from "./payment-lists.ts";
import { PaymentReads } from "./payment-reads.ts";
import { writeTransition } from "./transition-writes.ts";

/** A version race with a benign neighbour (another event) is re-read and retried this often. */
const VERSION_RACES = 5;
/** Milliseconds at most before a refusal is asked for again: a transaction takes tens of them. */
const CONFIRM_MS = 200;

/** `integrity` holds the operator's journal. */
type Tables = { payments: string; ledger: string; integrity: string };

export class DynamoPaymentStore implements PaymentStore {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly tables: Tables;
  private readonly facts: FactWrites;
  private readonly reads: PaymentReads;
  private readonly lists: PaymentLists;

  constructor(client: DynamoDBClient, clock: Clock, tables: Tables) {
    this.client = client;
    this.clock = clock;
    this.tables = tables;
    this.facts = new FactWrites(client, clock, tables.payments);
    this.reads = new PaymentReads(client, clock, tables.payments);
    this.lists = new PaymentLists(client, tables.payments);
  }

  accept(acceptance: Acceptance): Promise<Accepted> {
    return writeAcceptance(this.client, this.clock, this.tables.payments, acceptance);
  }

  requestCancel(paymentId: string, merchantId: string): Promise<CancelRequest | undefined> {
    return writeCancelRequest(this.client, this.clock, this.tables.payments, paymentId, merchantId);
  }

  load(paymentId: string): Promise<PaymentRecord | undefined> {
    return this.reads.load(paymentId);
  }

  glances(paymentIds: string[]): Promise<Map<string, Glance>> {
    return this.reads.glances(paymentIds);
  }

  loadWithEvents(paymentId: string): Promise<Recounted | undefined> {
    return this.reads.loadWithEvents(paymentId);
  }

  events(paymentId: string): Promise<PaymentEvent[]> {
    return this.reads.events(paymentId);
  }

  erase(paymentId: string, operation: Operation): Promise<boolean> {
    return writeErasure(this.client, this.clock, this.tables, paymentId, operation);
  }

  begin(paymentId: string, beginning: Beginning): Promise<PaymentRecord | undefined> {
    return writeFirstIntent(this.client, this.clock, this.tables.payments, paymentId, beginning);
  }

  async mark(paymentId: string, kind: Markable, step: Step, guard: Guard): Promise<Marked> {
    const now = this.clock.now();
    const expression = new Expression();
    const set = [
      expression.assignments(latest(paymentId, kind, step, now)),
      ...(kind === "unreached" ? [] : [expression.firstAssignments(firsts(paymentId, kind, step, now))]),
    ].join(", ");
    const before = paymentOf(await this.update(paymentId, guard, expression, set));
    const earlier = before.marks[kind][step];
    const first = kind === "unreached" ? undefined : FIRST_OF[kind];
    const marks = {
      ...before.marks,
      [kind]: { ...before.marks[kind], [step]: now },
      ...(first ? { [first]: { [step]: now, ...before.marks[first] } } : {}),
    };
    return { payment: { ...before, marks }, ...(earlier === undefined ? {} : { earlier }) };
  }

  async recordFailure(
    paymentId: string,
    failure: { code: string; message: string; step: string },
    guard: Guard,
    as: "final" | "doubted" = "final",
  ): Promise<void> {
    const expression = new Expression();
    const set =
      as === "final"
        ? expression.firstAssignments({ failure })
        : expression.assignments({ doubted_refusal: failure });
    const required = { ...guard, refuses: failure.step as Step };
    await this.update(paymentId, required, expression, set);
  }

  recordFact(paymentId: string, fact: Fact): Promise<FactRecorded> {
    return this.facts.record(paymentId, fact);
  }

  dispute(paymentId: string, kept: Fact, other: Fact): Promise<void> {
    return this.facts.dispute(paymentId, kept, other);
  }

  settle(paymentId: string, decided: Fact, between: [Word, Word], withdraws?: Step): Promise<void> {
    return this.facts.settle(paymentId, decided, between, withdraws);
  }

  change(payment: PaymentRecord, change: Change): Promise<ChangeOutcome> {
    return writeChange(this.client, this.clock, this.tables.payments, payment, change);
  }

  async commit(payment: PaymentRecord, transition: Transition): Promise<PaymentRecord> {
    let current = payment;
    let doubt: ContraError | undefined;
    for (let race = 0; race <= VERSION_RACES; race++) {
      if (isAchieved(current, transition.achieves)) return current;
      const objection = objectionTo(guardOf(transition), current) ?? parkedSince(payment, current);
      if (objection) throw objection;
      const tried = await writeTransition(this.client, this.clock, this.tables, current, transition);
      if ("after" in tried) return tried.after;
      if ("onlyIfUnchanged" in transition.achieves) break;
      const read = await this.readAgain(payment);
      doubt = await this.confirm(read.version === current.version ? tried.refusal : undefined, doubt);
      current = read;
    }
    throw new StoreContention("the payment changed faster than it could be written");
  }

  /** The payment as it is now, with the annotations that its caller read. */
  private async readAgain({ payment_id, metadata, description }: PaymentRecord): Promise<PaymentRecord> {
    const read = await this.load(payment_id);
    if (!read) throw new InvariantBroken("the payment is gone");
    return { ...read, ...(metadata ? { metadata } : {}), ...(description ? { description } : {}) };
  }

  /**
   * A refusal counts when it comes twice for a payment that did not change. The first one may show
   * half of another try's transaction, which is whole a moment later.
   */
  private async confirm(
    refusal: ContraError | undefined,
    doubt: ContraError | undefined,
  ): Promise<ContraError | undefined> {
    if (refusal && doubt) throw refusal;
    if (refusal) await this.clock.sleep(this.clock.random() * CONFIRM_MS);
    return refusal;
  }

  async close(paymentId: string, verifiedAt?: string): Promise<void> {
    const update = {
      ...this.key(paymentId),
      UpdateExpression: `${verifiedAt ? "SET verified_at = :at " : ""}REMOVE open_shard, open_since`,
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(verified_at)",
      ...(verifiedAt ? { ExpressionAttributeValues: toItem({ ":at": verifiedAt }) } : {}),
    };
    try {
      await throughContention(this.clock, () => this.client.send(new UpdateItemCommand(update)));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
    }
  }

  openBefore(shard: number, before: string, limit: number, after?: Open): Promise<Open[]> {
    return this.lists.openBefore(shard, before, limit, after);
  }

  inTransit(shard: number, limit: number, after?: Holder): Promise<Holder[]> {
    return this.lists.inTransit(shard, limit, after);
  }

  private key(paymentId: string): Pick<UpdateItemCommandInput, "TableName" | "Key"> {
    return { TableName: this.tables.payments, Key: toItem({ pk: paymentKey(paymentId), sk: "PAYMENT" }) };
  }

  /** One conditional update without event or version; returns the item as it was before. */
  private async update(paymentId: string, guard: Guard, expression: Expression, set: string): Promise<Item> {
    const command: UpdateItemCommandInput = {
      ...this.key(paymentId),
      UpdateExpression: `SET ${set}`,
      ConditionExpression: `attribute_exists(pk) AND ${guardCondition(guard, expression)}`,
      ExpressionAttributeNames: expression.names,
      ExpressionAttributeValues: toItem(expression.values),
      ReturnValues: "ALL_OLD",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    };
    try {
      const { Attributes } = await throughContention(this.clock, () =>
        this.client.send(new UpdateItemCommand(command)),
      );
      return Attributes ?? {};
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
      const objection = error.Item && objectionTo(guard, paymentOf(error.Item));
      throw objection ?? new InvariantBroken("a guard refused what it allows");
    }
  }
}
