// Two hundred payments at once: every one whole, and what each of them costs.
import { randomUUID } from "node:crypto";
import { assertTrail, assertTrialBalance, balanceOf, HAPPY_TRAIL, untilQuiet } from "./lib/books.ts";
import { type Client, concurrently } from "./lib/client.ts";
import { assert, type Context, type Proof } from "./lib/proof.ts";

const CONCURRENCY = 20;
const AMOUNT = 10_000;
/** The default policy's fee of 150 basis points. */
const FEE = 150;
/** DESIGN §5. */
const MOST_WRITE_UNITS = 40;

export const proof: Proof = {
  claim: "200 payments at concurrency 20 complete, captured once each, and the books agree to the unit",
  async run(context) {
    const { client, sized, figure } = context;
    const merchant = `m-${randomUUID().slice(0, 8)}`;
    const count = sized(200);
    // Functions start cold; the figures are of a stack that runs.
    await payAll(context, `${merchant}-warm`, sized(60));
    await untilQuiet(client);
    const before = await client.counters();
    const started = performance.now();
    const ids = await payAll(context, merchant, count);
    const seconds = (performance.now() - started) / 1000;
    await untilQuiet(client);
    const spent = difference(before, await client.counters());
    await concurrently(count, CONCURRENCY, async (index) => {
      const id = ids[index] ?? "";
      const payment = await client.get(merchant, `/payments/${id}`);
      assert.equal(payment.status, "COMPLETED", JSON.stringify(payment));
      await assertTrail(client, merchant, id, HAPPY_TRAIL);
      const operations = (await client.operations(id)).map(({ operation, state }) => `${operation} ${state}`);
      assert.deepEqual(operations.sort(), ["authorize succeeded", "capture succeeded"]);
    });
    await assertTrialBalance(client, merchant, count * 2);
    const balance = await balanceOf(client, merchant, "settlement", "EUR");
    assert.deepEqual(balance, { pending: 0n, available: BigInt(count * (AMOUNT - FEE)) });

    figure("payments", count);
    figure("payments per second", (count / seconds).toFixed(1));
    printCosts(context, spent, count);
  },
};

function printCosts({ figure }: Context, spent: Record<string, number>, count: number): void {
  const per = (name: string): number => (spent[name] ?? 0) / count;
  const calls = Object.entries(spent)
    .filter(([name]) => /^(dynamodb|states|events|sqs)\.[A-Z]/.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
  figure("transitions per payment", per("states.transitions").toFixed(2));
  figure("write units per payment", per("dynamodb.write_units").toFixed(1));
  figure("Lambda invocations per payment", per("lambda.invocations").toFixed(1));
  figure("AWS calls per payment", (calls / count).toFixed(1));
  assert.ok(per("states.transitions") <= 6, `${per("states.transitions")} transitions per payment`);
  // A batch of journals folds in one transaction; a handful of payments makes no batch, so a small run may cost more.
  if (count >= 100)
    assert.ok(per("dynamodb.write_units") <= MOST_WRITE_UNITS, `${per("dynamodb.write_units")} write units`);
}

const LAST_STEP = "lambda.invocations.notify-payment";

/**
 * Posts `count` payments with at most twenty of them on their way, and returns when all are through. It watches a counter
 * instead of asking for every payment: questions would be counted with the payments' own costs.
 */
async function payAll({ client }: Context, merchant: string, count: number): Promise<string[]> {
  const through = async (): Promise<number> => (await client.counters())[LAST_STEP] ?? 0;
  const before = await through();
  const ids: Promise<string>[] = [];
  await client.until(`${count} payments are through`, 300, async () => {
    const done = (await through()) - before;
    while (ids.length < Math.min(count, done + CONCURRENCY)) ids.push(post(client, merchant));
    return done >= count ? true : undefined;
  });
  return Promise.all(ids);
}

async function post(client: Client, merchant: string): Promise<string> {
  const body = { amount: AMOUNT, currency: "EUR", user_id: randomUUID() };
  const answer = await client.pay(merchant, randomUUID(), body);
  assert.equal(answer.status, 202, answer.text);
  return String(answer.json.payment_id);
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  );
}
