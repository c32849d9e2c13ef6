// Gives accounts that allow an overdraft without a limit their guard from the folded balance, while
// payments run. `make migrate-accounts` uses it; no function does.
import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { merchantKey } from "../../domain/accounts.ts";
import { type Journal, journalId } from "../../domain/journal.ts";
import type { Operation } from "../../domain/operation.ts";
import { type Account, isUnlimited, type OverdraftLimits } from "../../domain/overdraft.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Open } from "../../ports/payment-store.ts";
import { accountOf } from "./account-item.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { foldJournals } from "./fold-writes.ts";
import { fromItem, type Item, toItem } from "./item.ts";
import { accountKey, guardKey, journalKey, postedOf } from "./journal-writes.ts";
import { operationWrite } from "./operation-writes.ts";
import { INDEX_SHARDS, paymentKey } from "./payment-item.ts";
import { EVER, PaymentLists } from "./payment-lists.ts";

/** What moved an account's funds so far, by currency. */
export type Moves = ReadonlyMap<string, bigint>;
/** `guarded`: by currency, what the account may spend now. */
export type Guarded =
  | { outcome: "guarded"; funds: Record<string, string> }
  | { outcome: "moved" | "not ours" };

const IS_UNLIMITED =
  "overdraft = :allow AND attribute_not_exists(overdraft_limits) AND attribute_not_exists(unguarded)";
const PAGE = 100;
const AT_ONCE = 20;
export class AccountMigration {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly tables: { payments: string; ledger: string; integrity: string };
  private readonly lists: PaymentLists;

  constructor(
    client: DynamoDBClient,
    clock: Clock,
    tables: { payments: string; ledger: string; integrity: string },
  ) {
    this.client = client;
    this.clock = clock;
    this.tables = tables;
    this.lists = new PaymentLists(client, tables.payments);
  }

  /** All accounts without a limit. No index lists them, so it reads the ledger from end to end. */
  async *unlimited(): AsyncGenerator<Account> {
    let from: Item | undefined;
    do {
      const page = await this.client.send(
        new ScanCommand({
          TableName: this.tables.ledger,
          FilterExpression: `sk = :account AND ${IS_UNLIMITED}`,
          ExpressionAttributeValues: toItem({ ":account": "ACCOUNT", ":allow": "allow" }),
          ...(from ? { ExclusiveStartKey: from } : {}),
        }),
      );
      for (const item of page.Items ?? []) yield accountOf(item);
      from = page.LastEvaluatedKey;
    } while (from);
  }

  async find(account_key: string): Promise<Account | undefined> {
    const item = await this.get(this.tables.ledger, accountKey(account_key), "ACCOUNT");
    return item && accountOf(item);
  }

  /** Nothing is taken from the account until then; a step that finds it so tries again. */
  async close({ account_key }: Account, until: string): Promise<void> {
    const close = new UpdateItemCommand({
      TableName: this.tables.ledger,
      Key: toItem({ pk: accountKey(account_key), sk: "ACCOUNT" }),
      UpdateExpression: "SET migrating_until = :until",
      ConditionExpression: IS_UNLIMITED,
      ExpressionAttributeValues: toItem({ ":until": until, ":allow": "allow" }),
    });
    await throughContention(this.clock, () => this.client.send(close)).catch((error) => {
      // Another run was faster; `guard` finds it so.
      if (error.name !== "ConditionalCheckFailedException") throw storeError(error);
    });
  }

  /** Read before `foldHolds`: whatever moves the funds later fails `guard`. */
  async moves({ account_key }: Account): Promise<Moves> {
    const guards = await this.items(account_key, "GUARD#");
    return new Map(guards.map(({ sk, moved = 0n }) => [currencyIn(sk), moved as bigint]));
  }

  /**
   * Puts into the balances what was held from these accounts and is not in them yet. A payment is
   * open until its journals are in the balances, so the open ones are all that may have one.
   */
  async foldHolds(accounts: ReadonlySet<string>): Promise<number> {
    let folded = 0;
    for (let shard = 0; shard < INDEX_SHARDS; shard++) {
      for await (const open of this.openOf(shard)) {
        const holds = await Promise.all(open.map((one) => this.unfoldedHold(one, accounts)));
        const journals = holds.filter((hold) => hold !== undefined);
        folded += await foldJournals(this.client, this.clock, this.tables.ledger, journals);
      }
    }
    return folded;
  }

  /**
   * Sets the guard of each currency to the balance, and the limits, in one transaction. `moved`:
   * something moved the funds or the balance since they were read, and nothing was written.
   */
  async guard(account: Account, moves: Moves, limits: OverdraftLimits, by: Operation): Promise<Guarded> {
    const balances = new Map(
      (await this.items(account.account_key, "BALANCE#")).map(({ sk, available = 0n }) => [
        currencyIn(sk),
        available as bigint,
      ]),
    );
    const currencies = [...new Set([...balances.keys(), ...moves.keys()])].sort();
    const funds = Object.fromEntries(currencies.map((one) => [one, String(balances.get(one) ?? 0n)]));
    const operation: Operation = { ...by, details: { ...by.details, funds } };
    const TransactItems = [
      this.limitWrite(account, limits),
      ...currencies.flatMap((one) => [
        this.guardWrite(account, one, balances.get(one) ?? 0n, moves.get(one)),
        this.balanceCheck(account, one, balances.get(one)),
      ]),
      operationWrite(operation, this.tables.integrity),
    ];
    try {
      const command = new TransactWriteItemsCommand({ TransactItems });
      await throughContention(this.clock, () => this.client.send(command));
      return { outcome: "guarded", funds };
    } catch (error) {
      if (!failedConditions(error)) throw storeError(error);
    }
    // Read, because DynamoDB need not report every condition that failed.
    const now = await this.find(account.account_key);
    return { outcome: now && isUnlimited(now) ? "moved" : "not ours" };
  }

  private limitWrite({ account_key }: Account, limits: OverdraftLimits): TransactWriteItem {
    return {
      Update: {
        TableName: this.tables.ledger,
        Key: toItem({ pk: accountKey(account_key), sk: "ACCOUNT" }),
        UpdateExpression: "SET overdraft_limits = :limits REMOVE migrating_until",
        ConditionExpression: IS_UNLIMITED,
        ExpressionAttributeValues: toItem({ ":limits": limits, ":allow": "allow" }),
      },
    };
  }

  private guardWrite(
    { account_key }: Account,
    currency: string,
    funds: bigint,
    moved: bigint | undefined,
  ): TransactWriteItem {
    return {
      Update: {
        TableName: this.tables.ledger,
        Key: toItem({ pk: accountKey(account_key), sk: guardKey(currency) }),
        UpdateExpression: "SET funds = :funds ADD moved :one",
        ConditionExpression: moved === undefined ? "attribute_not_exists(pk)" : "moved = :moved",
        ExpressionAttributeValues: toItem({ ":funds": funds, ":one": 1n, ":moved": moved }),
      },
    };
  }

  private balanceCheck({ account_key }: Account, currency: string, available?: bigint): TransactWriteItem {
    return {
      ConditionCheck: {
        TableName: this.tables.ledger,
        Key: toItem({ pk: accountKey(account_key), sk: `BALANCE#${currency}` }),
        ...(available === undefined
          ? { ConditionExpression: "attribute_not_exists(pk)" }
          : {
              ConditionExpression: "available = :available",
              ExpressionAttributeValues: toItem({ ":available": available }),
            }),
      },
    };
  }

  private async *openOf(shard: number): AsyncGenerator<Open[]> {
    let after: Open | undefined;
    while (true) {
      const page = await this.lists.openBefore(shard, EVER, PAGE, after);
      for (let at = 0; at < page.length; at += AT_ONCE) yield page.slice(at, at + AT_ONCE);
      after = page.at(-1);
      if (page.length < PAGE || !after) return;
    }
  }

  private async unfoldedHold(
    { payment_id }: Open,
    accounts: ReadonlySet<string>,
  ): Promise<Journal | undefined> {
    const payment = await this.get(this.tables.payments, paymentKey(payment_id), "PAYMENT");
    const source = payment?.source_account?.S;
    if (!source || !accounts.has(merchantKey(String(payment?.merchant_id?.S), source))) return undefined;
    const pk = journalKey(journalId(payment_id, "authorize-conversion"));
    const posted = postedOf(await this.query(pk));
    return posted && !posted.folded ? posted : undefined;
  }

  private async items(
    account: string,
    prefix: string,
  ): Promise<({ sk: string } & Record<string, unknown>)[]> {
    const items = await this.query(accountKey(account), prefix);
    return items.map((item) => fromItem(item) as { sk: string });
  }

  private async query(pk: string, prefix?: string): Promise<Item[]> {
    const command = new QueryCommand({
      TableName: this.tables.ledger,
      ConsistentRead: true,
      KeyConditionExpression: prefix === undefined ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: toItem({ ":pk": pk, ":prefix": prefix }),
    });
    return (await this.client.send(command)).Items ?? [];
  }

  private async get(TableName: string, pk: string, sk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName, Key: toItem({ pk, sk }), ConsistentRead: true });
    return (await this.client.send(command)).Item;
  }
}

const currencyIn = (sk: string): string => sk.slice(sk.indexOf("#") + 1);
