// Accounts and balances in DynamoDB.
//   ACCOUNT#key / ACCOUNT · ACCOUNT#key / BALANCE#currency · ACCOUNT#key / GUARD#currency
//   OVERDRAFTS#merchant / currency · JOURNAL#id / JOURNAL · JOURNAL#id / FOLD · WATERMARK / FOLD
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Approved } from "../../domain/approval.ts";
import type { Journal } from "../../domain/journal.ts";
import type { Operation } from "../../domain/operation.ts";
import { InvariantBroken, MerchantLimitExceeded, StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  Account,
  AccountBound,
  Balance,
  LedgerStore,
  Opened,
  OverdraftGrant,
  OverdraftLimits,
  Posted,
  TrialBalance,
} from "../../ports/ledger-store.ts";
import { reportOperation } from "../../runtime/operations.ts";
import { accountOf, accountPut, boundWrites, countKey, grantsKey, grantWrites } from "./account-item.ts";
import { approvedWrite } from "./approval-writes.ts";
import { readItems } from "./batch-read.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { foldJournals } from "./fold-writes.ts";
import { fromItem, type Item, toItem } from "./item.ts";
import { accountKey, journalKey, journalKeys, journalWrites, postedOf } from "./journal-writes.ts";
import { operationWrite } from "./operation-writes.ts";
import { readTrialBalance } from "./trial-balance.ts";

export class DynamoLedgerStore implements LedgerStore {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;
  private readonly operations: string;

  /** `operations` is the table of the operator's journal. */
  constructor(client: DynamoDBClient, clock: Clock, table: string, operations: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
    this.operations = operations;
  }

  async open(account: Account, bound?: AccountBound): Promise<{ account: Account; created: boolean }> {
    if (bound) return this.openWithin(account, bound);
    const command = new PutItemCommand({
      ...accountPut(account, this.table),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      await throughContention(this.clock, () => this.client.send(command));
      return { account, created: true };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException && error.Item)) throw storeError(error);
      return { account: accountOf(error.Item), created: false };
    }
  }

  private async openWithin(account: Account, bound: AccountBound) {
    const TransactItems = [{ Put: accountPut(account, this.table) }, ...boundWrites(bound, this.table)];
    try {
      const command = new TransactWriteItemsCommand({ TransactItems });
      await throughContention(this.clock, () => this.client.send(command));
      return { account, created: true };
    } catch (error) {
      if (!failedConditions(error)) throw storeError(error);
    }
    // Read, because DynamoDB need not report every condition that failed.
    const existing = await this.account(account.account_key);
    if (existing) return { account: existing, created: false };
    await this.assertRoom(account, bound);
    throw new StoreContention("another account of the merchant was opened at the same time");
  }

  /** Throws MerchantLimitExceeded where the merchant has as many accounts as it may. */
  private async assertRoom({ account_id }: Account, { merchant_id, most }: AccountBound): Promise<void> {
    const { pk, sk } = countKey(merchant_id);
    const opened = Number((await this.get(pk?.S ?? "", sk?.S ?? ""))?.opened?.N ?? 0);
    if (opened >= most)
      throw new MerchantLimitExceeded(
        `account \`${account_id}\` cannot be opened: ${opened} of ${most} accounts`,
      );
  }

  async openWithOverdraft(
    account: Account,
    given: Operation | OverdraftGrant,
    bound?: AccountBound,
  ): Promise<Opened> {
    const grant = "allowance" in given ? given : undefined;
    const operation = "allowance" in given ? undefined : given;
    const TransactItems = [
      { Put: accountPut(account, this.table) },
      ...(operation ? [operationWrite(operation, this.operations)] : []),
      ...(grant ? grantWrites(account, grant, this.table) : []),
      ...boundWrites(bound, this.table),
    ];
    try {
      const command = new TransactWriteItemsCommand({ TransactItems });
      await throughContention(this.clock, () => this.client.send(command));
      if (operation) reportOperation(operation);
      return { account, created: true };
    } catch (error) {
      if (!failedConditions(error)) throw storeError(error);
    }
    // Read, because DynamoDB need not report every condition that failed.
    const existing = await this.account(account.account_key);
    if (existing) return { account: existing, created: false };
    if (bound) await this.assertRoom(account, bound);
    if (!grant) throw new InvariantBroken(`account ${account.account_key} is neither there nor written`);
    return { exceeded: await this.allowanceLeft(grant) };
  }

  async account(key: string): Promise<Account | undefined> {
    const item = await this.get(accountKey(key), "ACCOUNT");
    return item && accountOf(item);
  }

  async balances(key: string): Promise<Balance[]> {
    const items = await this.query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :balance)",
      ExpressionAttributeValues: toItem({ ":pk": accountKey(key), ":balance": "BALANCE#" }),
    });
    return items.map(balanceOf);
  }

  async post(journal: Journal, operation: Operation, approved?: Approved): Promise<boolean> {
    const posted_at = new Date(this.clock.now()).toISOString();
    const TransactItems = [
      ...journalWrites([journal], this.table, posted_at),
      operationWrite(operation, this.operations),
      ...(approved ? [approvedWrite(approved, this.operations)] : []),
    ];
    try {
      const command = new TransactWriteItemsCommand({ TransactItems });
      await throughContention(this.clock, () => this.client.send(command));
      reportOperation(operation);
      return true;
    } catch (error) {
      if (!failedConditions(error)) throw storeError(error);
      // Read, because DynamoDB need not report every condition that failed.
      if (await this.journal(journal.journal_id)) return false;
      throw new InvariantBroken(`${operation.kind} ${operation.operation_id} stands without its journal`);
    }
  }

  /** One query for the journal and its mark, at the price of reading the journal alone. */
  async journal(journalId: string): Promise<Posted | undefined> {
    const items = await this.query({
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: toItem({ ":pk": journalKey(journalId) }),
    });
    return postedOf(items);
  }

  /** The journals and their marks with one call. */
  async posted(journalIds: string[]): Promise<Map<string, Posted>> {
    const keys = [...new Set(journalIds)].flatMap(journalKeys);
    const items = await readItems(this.client, this.clock, this.table, keys);
    const posted = journalIds.map((id) => postedOf(items.filter(({ pk }) => pk?.S === journalKey(id))));
    return new Map(posted.flatMap((one) => (one ? [[one.journal_id, one] as const] : [])));
  }

  async fold(journals: Journal[], patientUntil?: number): Promise<number> {
    return foldJournals(this.client, this.clock, this.table, journals, patientUntil);
  }

  async trialBalance(): Promise<TrialBalance> {
    return readTrialBalance(this.client, this.clock, this.table);
  }

  private async allowanceLeft({ merchant_id, allowance }: OverdraftGrant): Promise<OverdraftLimits> {
    const items = await this.query({
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: toItem({ ":pk": grantsKey(merchant_id) }),
    });
    const given = new Map(items.map((item) => [String(item.sk?.S), BigInt(item.given?.N ?? 0)]));
    return Object.fromEntries(
      Object.entries(allowance).map(([currency, all]) => [currency, all - (given.get(currency) ?? 0n)]),
    );
  }

  /** The items of one consistent page: a partition of this table is small. */
  private async query(condition: Omit<QueryCommandInput, "TableName">): Promise<Item[]> {
    const command = new QueryCommand({ TableName: this.table, ConsistentRead: true, ...condition });
    const { Items = [] } = await this.client
      .send(command)
      .catch((error) => Promise.reject(storeError(error)));
    return Items;
  }

  private async get(pk: string, sk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({
      TableName: this.table,
      Key: toItem({ pk, sk }),
      ConsistentRead: true,
    });
    const { Item } = await this.client.send(command).catch((error) => Promise.reject(storeError(error)));
    return Item;
  }
}

function balanceOf(item: Item): Balance {
  const {
    sk,
    pending = 0n,
    available = 0n,
  } = fromItem(item) as { sk: string; pending?: bigint; available?: bigint };
  return { currency: sk.slice("BALANCE#".length), pending, available };
}
