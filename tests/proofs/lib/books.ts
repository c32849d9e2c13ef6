// What the books must say, whatever happened: the ledger balances, trails have no gap, the provider
// did what we say.

import { isHouseAccount } from "../../../functions/lib/domain/accounts.ts";
import { untilQuiet as untilAtRest } from "../../../scripts/lib/until-quiet.ts";
import { claim, demand } from "./claims.ts";
import { type Client, type Json, OPERATOR } from "./client.ts";
import { patiently } from "./patience.ts";

type Event = { sequence: number; type: string };

/**
 * Waits until every journal is folded, then claims a trial balance of zero that covers at least
 * `journals`.
 */
export async function claimTrialBalance(client: Client, journals: number): Promise<void> {
  await client.until(`the trial balance covers ${journals} journals`, async () => {
    const { json: report } = await patiently("the trial balance", () =>
      client.request("GET", "/integrity/report", { merchant: OPERATOR }),
    );
    const trial = report.trial_balance as { balanced: boolean; journals_covered: number; currencies: Json[] };
    if (trial.journals_covered < journals) return undefined;
    claim.equal("the trial balance is zero", trial.balanced, true, trial.currencies);
    return true;
  });
}

/** Claims a trail of exactly these events, numbered without a gap. */
export async function claimTrail(
  client: Client,
  merchant: string,
  paymentId: string,
  types: string[],
): Promise<void> {
  const { events } = (await client.get(merchant, `/payments/${paymentId}/events`)) as { events: Event[] };
  claim.equal(
    "the trail has the events of its way, and no others",
    events.map(({ type }) => type.replace("payment.", "")),
    types,
    `payment ${paymentId}`,
  );
  claimNoGap(paymentId, events);
}

/** Claims that the events are numbered from 1 on. */
export const claimNoGap = (paymentId: string, events: { sequence: number }[]): boolean =>
  claim.equal(
    "the trail has no gap",
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
    `payment ${paymentId}`,
  );

export const HAPPY_TRAIL = ["accepted", "validated", "authorized", "posted", "completed", "notified"];

/**
 * The merchant's balance in one currency, in minor units; the house's for one of its accounts,
 * which the operator may read.
 */
export async function balanceOf(
  client: Client,
  merchant: string,
  account: string,
  currency: string,
): Promise<{ pending: bigint; available: bigint }> {
  const reader = isHouseAccount(account) ? OPERATOR : merchant;
  const answer = await client.request("GET", `/accounts/${account}/balance`, { merchant: reader });
  demand.oneOf("the account may be read", answer.status, [200, 404], answer.text);
  const balances = (answer.json.balances ?? []) as { currency: string; pending: string; available: string }[];
  const found = balances.find((balance) => balance.currency === currency);
  return { pending: BigInt(found?.pending ?? 0), available: BigInt(found?.available ?? 0) };
}

/** Claims one authorization and one capture in the provider's own books. */
export async function claimOneCapture(client: Client, paymentId: string): Promise<void> {
  claim.equal(
    "the provider authorized and captured once",
    (await client.effects(paymentId)).sort(),
    ["authorize succeeded", "capture succeeded"],
    `payment ${paymentId}`,
  );
}

/**
 * Waits until nothing is written any more: notifications, folds and verifications follow a payment.
 */
export const untilQuiet = async (client: Client): Promise<void> => {
  await untilAtRest(async () => ({ written: await client.written() }));
};

/**
 * Waits until exactly this is available to the merchant, and never more. The trial balance does not
 * tell: on a shared stack it may cover other proofs' journals in place of these.
 */
export async function claimAvailable(
  client: Client,
  merchant: string,
  currency: string,
  expected: bigint,
): Promise<void> {
  await client.until(`${merchant} has ${expected} ${currency}`, async () => {
    const { available } = await balanceOf(client, merchant, "settlement", currency);
    demand.atMost("no merchant is credited too much", available, expected, merchant);
    return available === expected ? true : undefined;
  });
}
