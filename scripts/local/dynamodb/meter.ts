// Counts the calls, and the capacity units that AWS would charge. Each request is changed to ask
// for its consumption. The extra field stays in the answer: a client that did not ask ignores it.
import type { Counters } from "../common/counters.ts";
import { isRead, isWrite } from "./faults.ts";
import type { Answer } from "./forward.ts";
import type { Item } from "./item-size.ts";
import type { Tables } from "./tables.ts";
import { type Consumed, priceTransaction, type ReadItems, type Transaction } from "./transaction-cost.ts";

/** DynamoDB remembers a ClientRequestToken for ten minutes. */
const TOKEN_MS = 600_000;
const TOKENS_KEPT = 20_000;

type Output = { ConsumedCapacity?: Consumed | Consumed[]; __type?: string };

const consumedOf = ({ ConsumedCapacity = [] }: Output): Consumed[] => [ConsumedCapacity].flat();
const unitsOf = (consumed: Consumed[]): number => consumed.reduce((sum, each) => sum + each.CapacityUnits, 0);

/** The one table's units in an answer. An item's own text cannot look like that: it is escaped. */
const ONE_TABLE = /"ConsumedCapacity":\{"TableName":"[^"]*","CapacityUnits":([\d.]+)\}/;

/** Most answers are of one table, and reading its number costs less than parsing all items. */
function unitsIn(answer: string): number {
  const units = ONE_TABLE.exec(answer)?.[1];
  return units === undefined ? unitsOf(consumedOf(JSON.parse(answer) as Output)) : Number(units);
}

/**
 * Carries out the call with this body. With `operation` it is a call of the meter's own, in the
 * name of the same caller: DynamoDB Local keeps each caller's tables apart.
 */
export type Send = (body: Buffer, operation?: string) => Promise<Answer>;

/** Sends a call on and counts it. */
export class Meter {
  private readonly tables: Tables;
  private readonly counters: Counters;
  private readonly tokens = new Map<string, number>();

  /** The keys of `tables` are full names. */
  constructor(tables: Tables, counters: Counters) {
    this.tables = tables;
    this.counters = counters;
  }

  async measure(operation: string, body: Buffer, send: Send): Promise<Answer> {
    if (!isRead(operation) && !isWrite(operation)) return send(body);
    const answer =
      operation === "TransactWriteItems"
        ? await this.measureTransaction(body, send)
        : await this.measureCall(operation, body, send);
    if (answer.status !== 200) this.countError(answer.body);
    return answer;
  }

  private async measureCall(operation: string, body: Buffer, send: Send): Promise<Answer> {
    const answer = await send(askConsumption(body, "TOTAL"));
    const unit = isRead(operation) ? "dynamodb.read_units" : "dynamodb.write_units";
    const text = answer.body.toString();
    if (answer.status === 200) this.counters.add(unit, unitsIn(text));
    // A condition that fails costs a write too. The answer does not tell the item's size. Items are
    // small here.
    else if (text.includes("ConditionalCheckFailedException")) this.counters.add(unit, 1);
    return answer;
  }

  private async measureTransaction(body: Buffer, send: Send): Promise<Answer> {
    const transaction = JSON.parse(body.toString()) as Transaction;
    const price = await priceTransaction(transaction, this.tables, readBy(send));
    const answer = await send(askConsumption(body, "INDEXES"));
    if (answer.status !== 200) return answer;
    if (this.isReplay(transaction.ClientRequestToken)) {
      this.counters.add("dynamodb.read_units", 2 * (transaction.TransactItems?.length ?? 0));
    } else {
      const reported = consumedOf(JSON.parse(answer.body.toString()) as Output);
      this.counters.add("dynamodb.write_units", await price(reported));
    }
    return answer;
  }

  /** A repeated token changes nothing. It is charged as a read of what was written. */
  private isReplay(token: string | undefined): boolean {
    if (token === undefined) return false;
    const now = Date.now();
    const seen = this.tokens.get(token);
    if (seen !== undefined && now - seen < TOKEN_MS) return true;
    this.tokens.set(token, now);
    const [oldest] = this.tokens.keys();
    if (this.tokens.size > TOKENS_KEPT && oldest !== undefined) this.tokens.delete(oldest);
    return false;
  }

  private countError(body: Buffer): void {
    const { __type = "unknown" } = JSON.parse(body.toString()) as Output;
    this.counters.add(`dynamodb.errors.${__type.slice(__type.indexOf("#") + 1)}`);
  }
}

const readBy =
  (send: Send): ReadItems =>
  async (table, keys) => {
    const RequestItems = { [table]: { Keys: keys, ConsistentRead: true } };
    const { status, body } = await send(Buffer.from(JSON.stringify({ RequestItems })), "BatchGetItem");
    if (status !== 200) throw new Error(`BatchGetItem: ${body.toString()}`);
    return (JSON.parse(body.toString()) as { Responses: Record<string, Item[]> }).Responses[table] ?? [];
  };

/**
 * Changes the text, which costs less than parsing. A request that asks for itself stays as it is.
 */
function askConsumption(body: Buffer, detail: "TOTAL" | "INDEXES"): Buffer {
  const text = body.toString();
  if (text.includes('"ReturnConsumedCapacity"')) return body;
  return Buffer.from(text.replace("{", `{"ReturnConsumedCapacity":"${detail}",`));
}
