// Accounts as items: ACCOUNT#key / ACCOUNT, and OVERDRAFTS#merchant / currency, what a merchant has
// given its accounts of the overdraft that its policy allows. ACCOUNTS#merchant / COUNT: how many
// it has opened within a bound.
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { type Account, limitOf } from "../../domain/overdraft.ts";
import type { AccountBound, OverdraftGrant } from "../../ports/ledger-store.ts";
import { fromItem, type Item, toItem } from "./item.ts";
import { accountKey } from "./journal-writes.ts";

export const grantsKey = (merchantId: string): string => `OVERDRAFTS#${merchantId}`;

export const countKey = (merchantId: string): Item => toItem({ pk: `ACCOUNTS#${merchantId}`, sk: "COUNT" });

/** Counts the account among the merchant's; nothing is counted down. */
export const boundWrites = (bound: AccountBound | undefined, TableName: string): TransactWriteItem[] =>
  bound
    ? [
        {
          Update: {
            TableName,
            Key: countKey(bound.merchant_id),
            UpdateExpression: "ADD opened :one",
            ConditionExpression: "attribute_not_exists(opened) OR opened < :most",
            ExpressionAttributeValues: toItem({ ":one": 1, ":most": bound.most }),
          },
        },
      ]
    : [];

export const accountPut = (account: Account, TableName: string) => ({
  TableName,
  Item: toItem({ pk: accountKey(account.account_key), sk: "ACCOUNT", ...account }),
  ConditionExpression: "attribute_not_exists(pk)",
});

export function accountOf(item: Item): Account {
  const { pk: _, sk: __, ...account } = fromItem(item);
  return account as Account;
}

/**
 * What the account's limits take from the merchant's allowance. All limits together stay within it,
 * however many accounts are opened at once.
 */
export function grantWrites(
  { overdraft_limits = {} }: Account,
  { merchant_id, allowance }: OverdraftGrant,
  TableName: string,
): TransactWriteItem[] {
  return Object.entries(overdraft_limits).map(([currency, limit]) => {
    const room = limitOf(allowance, currency) - limit;
    const Update = {
      TableName,
      Key: toItem({ pk: grantsKey(merchant_id), sk: currency }),
      UpdateExpression: "ADD given :limit",
      // A first one has nothing to be compared with.
      ConditionExpression: room < 0n ? "given <= :room" : "attribute_not_exists(given) OR given <= :room",
      ExpressionAttributeValues: toItem({ ":limit": limit, ":room": room }),
    };
    return { Update };
  });
}
