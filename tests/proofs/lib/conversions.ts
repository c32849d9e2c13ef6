// Payments of the stablecoin rail, and what the provider's books must say of each, however it
// ended.
import { randomUUID } from "node:crypto";
import { balanceOf } from "./books.ts";
import { demand } from "./claims.ts";
import { type Client, type Json, OPERATOR, type Operation } from "./client.ts";

export const SOURCE = "acc_source";
export const DESTINATION = "acc_destination";

/** What a ramp gave for an operation, in minor units of its currency. */
export type RampOperation = Operation & { id: string; receive_amount?: number; receive_currency?: string };

export type Conversion = { currency: string; destination_currency: string; amount: number };

/** The id of the conversion's payment, once it is taken. */
export function convert(
  client: Client,
  merchant: string,
  { currency, destination_currency, amount }: Conversion,
  more: Json = {},
): Promise<string> {
  const accounts = { source_account: SOURCE, destination_account: DESTINATION };
  return client.accepted(merchant, { amount, currency, destination_currency, ...accounts, ...more });
}

/** Opens an account that forbids an overdraft, so that it has a guard. */
export async function openAccount(client: Client, merchant: string, account_id: string): Promise<void> {
  const opened = await client.request("POST", "/accounts", {
    merchant,
    body: { account_id, overdraft: "forbid" },
  });
  demand.equal("the account is opened", opened.status, 201, opened.text);
}

/** The same with funds; resolves when they can be spent. */
export async function openFunded(
  client: Client,
  merchant: string,
  account: string,
  { currency, amount }: { currency: string; amount: number },
): Promise<void> {
  await openAccount(client, merchant, account);
  const funded = await client.request("POST", `/accounts/${account}/deposits`, {
    merchant: OPERATOR,
    headers: { "idempotency-key": randomUUID() },
    body: { amount, currency, merchant_id: merchant },
  });
  demand.equal("the deposit is taken", funded.status, 201, funded.text);
  await client.until("the deposit can be spent", async () => {
    const { available } = await balanceOf(client, merchant, account, currency);
    return available === BigInt(amount) ? true : undefined;
  });
}

const took = (operations: Operation[], name: string): RampOperation[] =>
  operations.filter(({ operation, state }) => operation === name && state === "succeeded") as RampOperation[];

/** What the ramps did for one payment: what they got and gave. */
export function rampsOf(operations: Operation[]) {
  return {
    bought: took(operations, "on_ramp"),
    paid: took(operations, "off_ramp"),
    sold: took(operations, "reverse_on_ramp"),
  };
}

/** Where a payment and the provider's books part, in sentences. */
export function partings(payment: Json, operations: Operation[]): string[] {
  const { bought, paid, sold } = rampsOf(operations);
  const { status, payment_id } = payment;
  const isUndone = status === "FAILED" || status === "CANCELED";
  const checks: [boolean, string][] = [
    [bought.length > 1, `bought ${bought.length} times`],
    [paid.length > 1, `paid out ${paid.length} times`],
    [sold.length > 1, `sold back ${sold.length} times`],
    [paid.length > 0 && sold.length > 0, "paid out and sold back"],
    [status === "COMPLETED" && paid.length !== 1, "completed and not paid out"],
    [status === "COMPLETED" && paid[0]?.id !== payment.off_ramp_tx_id, "shows another payout"],
    [status === "COMPLETED" && bought[0]?.id !== payment.on_ramp_tx_id, "shows another purchase"],
    [isUndone && paid.length > 0, "undone and paid out"],
    [isUndone && bought.length !== sold.length, "undone, and stranded what was bought"],
    [isUndone && !payment.failure, "undone without a reason"],
  ];
  return checks.filter(([is]) => is).map(([, sentence]) => `${payment_id} ${status}: ${sentence}`);
}
