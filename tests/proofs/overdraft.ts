// Money from nowhere: a merchant without a deposit converts 501 million euros and pays them out, in
// every way that is open to it. Its stack is one like production, where merchants are placed and no
// account opens by itself.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { accountPut } from "../../functions/lib/adapters/dynamodb/account-item.ts";
import { admit } from "../../functions/lib/adapters/dynamodb/admissions.ts";
import { merchantKey } from "../../functions/lib/domain/accounts.ts";
import type { Account } from "../../functions/lib/domain/overdraft.ts";
import { operationBy } from "../../scripts/lib/by-hand.ts";
import { runningStack } from "../../scripts/lib/running-stack.ts";
import { PREFIX, REGION } from "../../scripts/local/common/settings.ts";
import { runScript } from "../support/run-script.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { balanceOf, claimTrialBalance } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import { type Answer, Client, concurrently, failureOf, newMerchant, OPERATOR } from "./lib/client.ts";
import { type Conversion, convert, DESTINATION, SOURCE } from "./lib/conversions.ts";
import type { Proof } from "./lib/proof.ts";

/** 501,000,000.00 EUR. */
const NOTHING_PAID_IN: Conversion = {
  amount: 50_100_000_000,
  currency: "EUR",
  destination_currency: "USD",
};
const STEP = 2_500;
const REASON = "the proof overdraft";
/** More than the conversions of a migration take: what is left is paid, and a cent more is not. */
const DEPOSIT = 500_000n;

export const proof: Proof = {
  claim: "501 million EUR that nobody paid in are converted by no way that is open to a merchant",
  stack: "none",
  async run({ sized, figure }) {
    const stack = await startStack({ env: { CONTRA_ENVIRONMENT: "prod-proof" } });
    try {
      const world = new World(stack, new Client(stack.url));
      figure("ways tried, by payments:write alone", await claimRefused(world));
      const [held, asked] = await claimRace(world, sized(50));
      figure("conversions at once against a limit", asked);
      figure("held, which is what the limit covers", held);
      const [opened, wanted] = await claimAllowance(world);
      figure("accounts opened at once within a policy", `${opened} of ${wanted}`);
      const [paid, during] = await claimMigration(world, sized(50));
      figure("conversions while an account from before limits got its guard", during);
      figure("of them paid, and not one beyond the balance after it", paid);
      await claimTrialBalance(world.client, 1);
      const { available } = await balanceOf(world.client, OPERATOR, "external_funding", "EUR");
      claim.equal("nobody paid anything in but the one deposit", available, -DEPOSIT);
    } finally {
      await stack.stop();
    }
  },
};

class World {
  readonly client: Client;
  private readonly stack: Stack;
  private readonly dynamodb: DynamoDBClient;

  constructor(stack: Stack, client: Client) {
    this.stack = stack;
    this.client = client;
    const endpoint = runningStack(stack.home).parts.dynamodb?.url ?? "";
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    this.dynamodb = new DynamoDBClient({ endpoint, region: REGION, credentials });
  }

  /** A merchant that lives here, as `make place` leaves it. */
  async merchant(): Promise<string> {
    const merchant = newMerchant();
    const tables = { payments: `${PREFIX}payments`, integrity: `${PREFIX}integrity` };
    const hand = { by: "local:proof", reason: REASON };
    await admit(this.dynamodb, tables, merchant, operationBy(hand, "placement", { merchant_id: merchant }));
    return merchant;
  }

  /** An account as a release before limits opened it. */
  async openedLongAgo(merchant: string, account_id: string): Promise<void> {
    const account_key = merchantKey(merchant, account_id);
    const opened_at = "2026-01-01T00:00:00.000Z";
    const account: Account = { account_key, account_id, status: "open", overdraft: "allow", opened_at };
    const put = new PutItemCommand(accountPut(account, `${PREFIX}ledger`));
    await this.dynamodb.send(put);
  }

  async deposit(merchant: string, amount: bigint): Promise<void> {
    const answer = await this.client.request("POST", `/accounts/${SOURCE}/deposits`, {
      merchant: OPERATOR,
      headers: { "idempotency-key": randomUUID() },
      body: { amount: Number(amount), currency: "EUR", merchant_id: merchant, reason: REASON },
    });
    demand.equal("the deposit is taken", answer.status, 201, answer.text);
  }

  migrate(merchant: string): Promise<{ said: string; failed: boolean }> {
    const env = { WORKSPACE: "local", MERCHANT: merchant, REASON, CONTRA_HOME: this.stack.home };
    return runScript("migrate-accounts.ts", env);
  }

  open(merchant: string, body: Record<string, unknown>): Promise<Answer> {
    return this.client.request("POST", "/accounts", { merchant, body });
  }

  async opened(merchant: string, body: Record<string, unknown>): Promise<void> {
    const { status, text } = await this.open(merchant, body);
    demand.oneOf("the account is opened", status, [200, 201], text);
  }

  /** As an operator does. */
  give(merchant: string, overdraft_limits: Record<string, number>, account_id = SOURCE): Promise<void> {
    return this.opened(OPERATOR, {
      account_id,
      merchant_id: merchant,
      overdraft: "allow",
      overdraft_limits,
      reason: REASON,
    });
  }

  async policy(merchant: string, policy: object): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "policy-"));
    const FILE = join(folder, "policy.json");
    writeFileSync(FILE, JSON.stringify(policy));
    const env = { WORKSPACE: "local", MERCHANT: merchant, FILE, REASON, CONTRA_HOME: this.stack.home };
    const { said, failed } = await runScript("policy.ts", env);
    rmSync(folder, { recursive: true });
    demand.equal("the policy is given", failed, false, said);
  }

  /** Claims that the payment fails for that, and that nothing was done for it or moved. */
  async claimNothingMoved(way: string, merchant: string, wanted: Conversion, code: string): Promise<void> {
    const id = await convert(this.client, merchant, wanted);
    const payment = await this.client.ended(merchant, id);
    claim.equal(
      `${way}: the payment fails as ${code}, with nothing to undo`,
      { status: payment.status, code: failureOf(payment).code, undone: failureOf(payment).undone },
      { status: "FAILED", code, undone: [] },
      payment,
    );
    claim.equal(`${way}: no ramp was asked for anything`, await this.client.operations(id), []);
    for (const [account, currency] of [
      [SOURCE, wanted.currency],
      [DESTINATION, wanted.destination_currency],
      ["clearing", wanted.currency],
      ["payout", wanted.destination_currency],
    ] as const) {
      const { pending, available } = await balanceOf(this.client, merchant, account, currency);
      claim.equal(`${way}: nothing moved in ${account}`, [pending, available], [0n, 0n]);
    }
  }
}

/** Each way to 501 million; answers how many there are. */
async function claimRefused(world: World): Promise<number> {
  const destination = { account_id: DESTINATION };
  const ways: Record<string, (merchant: string) => Promise<[Conversion, string]>> = {
    "an account as it opens by default": async (merchant) => {
      await world.opened(merchant, { account_id: SOURCE });
      return [NOTHING_PAID_IN, "InsufficientFunds"];
    },
    "an account that is asked to allow an overdraft": async (merchant) => {
      for (const more of [{}, { overdraft_limits: { EUR: NOTHING_PAID_IN.amount } }]) {
        const { status, json } = await world.open(merchant, {
          account_id: SOURCE,
          overdraft: "allow",
          ...more,
        });
        claim.equal("an overdraft is nobody's own choice", [status, json.code], [403, "OverdraftNotAllowed"]);
      }
      return [NOTHING_PAID_IN, "AccountClosed"];
    },
    "an account that nobody opened": async () => [NOTHING_PAID_IN, "AccountClosed"],
    "an account that is opened twice, the second time with an overdraft": async (merchant) => {
      await world.opened(merchant, { account_id: SOURCE });
      const again = await world.open(merchant, {
        account_id: SOURCE,
        overdraft: "allow",
        overdraft_limits: { EUR: NOTHING_PAID_IN.amount },
      });
      claim.equal("its terms stay", [again.status, again.json.code], [409, "AccountExists"]);
      return [NOTHING_PAID_IN, "InsufficientFunds"];
    },
    "an account of somebody else, named in the body": async (merchant) => {
      const body = { account_id: SOURCE, merchant_id: merchant, overdraft: "allow" };
      const { status, json } = await world.open(merchant, body);
      claim.equal("naming a merchant is the operator's", [status, json.code], [403, "ScopeMissing"]);
      return [NOTHING_PAID_IN, "AccountClosed"];
    },
    "an overdraft that is smaller": async (merchant) => {
      await world.give(merchant, { EUR: NOTHING_PAID_IN.amount - 1 });
      return [NOTHING_PAID_IN, "InsufficientFunds"];
    },
    "an overdraft in another currency": async (merchant) => {
      await world.give(merchant, { USD: NOTHING_PAID_IN.amount });
      return [NOTHING_PAID_IN, "InsufficientFunds"];
    },
    "a deposit to itself": async (merchant) => {
      await world.opened(merchant, { account_id: SOURCE });
      const { status, json } = await world.client.request("POST", `/accounts/${SOURCE}/deposits`, {
        merchant,
        headers: { "idempotency-key": randomUUID() },
        body: { amount: NOTHING_PAID_IN.amount, currency: "EUR" },
      });
      claim.equal("deposits are the operator's", [status, json.code], [403, "ScopeMissing"]);
      return [NOTHING_PAID_IN, "InsufficientFunds"];
    },
  };
  for (const [way, prepare] of Object.entries(ways)) {
    const merchant = await world.merchant();
    await world.opened(merchant, destination);
    const [conversion, code] = await prepare(merchant);
    await world.claimNothingMoved(way, merchant, conversion, code);
  }
  return Object.keys(ways).length;
}

/** Conversions at once from an account whose limit covers a fifth of them: how many were held. */
async function claimRace(world: World, asked: number): Promise<[number, number]> {
  const merchant = await world.merchant();
  const affordable = Math.max(1, Math.floor(asked / 5));
  await world.opened(merchant, { account_id: DESTINATION });
  await world.give(merchant, { EUR: affordable * STEP + STEP - 1 });
  const conversion = { ...NOTHING_PAID_IN, amount: STEP };
  const { client } = world;
  const ids = await concurrently(asked, asked, () => convert(client, merchant, conversion));
  const payments = await concurrently(asked, 20, (index) => client.ended(merchant, ids[index] ?? ""));
  const completed = payments.filter(({ status }) => status === "COMPLETED");
  const refused = payments.filter((payment) => failureOf(payment).code === "InsufficientFunds");
  claim.equal("as many complete as the limit covers", completed.length, affordable);
  claim.equal("every other one lacks funds", refused.length, asked - affordable);
  await client.until("the account is as far below zero as was allowed", async () => {
    const { available } = await balanceOf(client, merchant, SOURCE, "EUR");
    demand.atLeast("the account is never beyond its limit", available, BigInt(-affordable * STEP));
    return available === BigInt(-affordable * STEP) ? true : undefined;
  });
  return [completed.length, asked];
}

/** A merchant gives itself what its policy allows, ten times at once: how many were opened. */
async function claimAllowance(world: World): Promise<[number, number]> {
  const merchant = await world.merchant();
  await world.policy(merchant, { overdraft_limits: { EUR: 1_000 } });
  const answers = await concurrently(10, 10, (n) =>
    world.open(merchant, { account_id: `acc_${n}`, overdraft: "allow", overdraft_limits: { EUR: 300 } }),
  );
  const opened = answers.filter(({ status }) => status === 201);
  claim.equal("all accounts together stay within the policy", opened.length, 3);
  const others = answers.filter((answer) => !opened.includes(answer));
  const codes = [...new Set(others.map(({ status, json }) => `${status} ${json.code}`))];
  claim.equal("the others are refused", codes, ["403 OverdraftNotAllowed"]);
  return [opened.length, answers.length];
}

/**
 * An account from before limits pays while it gets its guard: what it paid is in its balance, and
 * afterwards it pays for what it has. So many were paid, and asked.
 */
async function claimMigration(world: World, asked: number): Promise<[number, number]> {
  const { client } = world;
  const merchant = await world.merchant();
  await world.opened(merchant, { account_id: DESTINATION });
  await world.openedLongAgo(merchant, SOURCE);
  await world.deposit(merchant, DEPOSIT);
  const conversion = { ...NOTHING_PAID_IN, amount: STEP };
  let over = false;
  const migrated = world.migrate(merchant).finally(() => {
    over = true;
  });
  const ids: string[] = [];
  while (!over) {
    if (ids.length < asked) ids.push(await convert(client, merchant, conversion));
    else await wait(200);
  }
  const { said, failed } = await migrated;
  claim.equal(
    "the account is migrated",
    [failed, said.split("\n").at(-1)],
    [false, "1 got a guard, 0 are left"],
    said,
  );
  const payments = await concurrently(ids.length, 20, (index) => client.ended(merchant, ids[index] ?? ""));
  const paid = payments.filter(({ status }) => status === "COMPLETED").length;
  const left = DEPOSIT - BigInt(paid * STEP);
  await client.until("what was paid is in the balance", async () => {
    const { available } = await balanceOf(client, merchant, SOURCE, "EUR");
    return available === left ? true : undefined;
  });
  const one = await client.ended(
    merchant,
    await convert(client, merchant, { ...conversion, amount: Number(left) + 1 }),
  );
  claim.equal("one cent more than it has is refused", failureOf(one).code, "InsufficientFunds", one);
  const all = await client.ended(
    merchant,
    await convert(client, merchant, { ...conversion, amount: Number(left) }),
  );
  claim.equal("what it has is paid", all.status, "COMPLETED", all);
  const again = await world.migrate(merchant);
  claim.equal("done again, it does nothing", again.said, "0 got a guard, 0 are left");
  const { data } = await client.get(OPERATOR, `/operations?merchant_id=${merchant}&kind=account-migration`);
  const reasons = (data as { reason: string }[]).map(({ reason }) => reason);
  claim.equal("it stands once in the operator's journal", reasons, [REASON]);
  return [paid, ids.length];
}
