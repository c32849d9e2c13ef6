// An account that forbids an overdraft pays for what it has, however many payments ask at once.
import { randomUUID } from "node:crypto";
import { balanceOf } from "./lib/books.ts";
import { concurrently, OPERATOR } from "./lib/client.ts";
import { convert, SOURCE } from "./lib/conversions.ts";
import { assert, type Proof } from "./lib/proof.ts";

const AMOUNT = 2_500;

export const proof: Proof = {
  claim: "an account with funds for 10 payments completes exactly 10 of 50 concurrent ones, and ends at zero",
  async run({ client, sized, figure }) {
    const merchant = `m-${randomUUID().slice(0, 8)}`;
    const [affordable, asked] = [sized(10), sized(50)];
    const open = { merchant, body: { account_id: SOURCE, overdraft: "forbid" } };
    assert.equal((await client.request("POST", "/accounts", open)).status, 201);
    const deposit = { amount: affordable * AMOUNT, currency: "EUR", merchant_id: merchant };
    const headers = { "idempotency-key": randomUUID() };
    const funded = await client.request("POST", `/accounts/${SOURCE}/deposits`, {
      merchant: OPERATOR,
      headers,
      body: deposit,
    });
    assert.equal(funded.status, 201, funded.text);
    await client.until("the deposit can be spent", 30, async () => {
      const { available } = await balanceOf(client, merchant, SOURCE, "EUR");
      return available === BigInt(deposit.amount) ? true : undefined;
    });
    const conversion = { amount: AMOUNT, currency: "EUR", destination_currency: "USD" };
    const ids = await concurrently(asked, asked, () => convert(client, merchant, conversion));
    const payments = await concurrently(asked, 20, (index) => client.ended(merchant, ids[index] ?? "", 180));
    const completed = payments.filter(({ status }) => status === "COMPLETED");
    assert.equal(completed.length, affordable, `completed: ${completed.length}`);
    for (const { status, failure } of payments.filter((payment) => !completed.includes(payment))) {
      const { code, undone } = failure as { code: string; undone: string[] };
      assert.deepEqual({ status, code, undone }, { status: "FAILED", code: "InsufficientFunds", undone: [] });
    }
    await client.until("the account is at zero", 30, async () => {
      const { available } = await balanceOf(client, merchant, SOURCE, "EUR");
      assert.ok(available >= 0n, `overdrawn by ${-available}`);
      return available === 0n ? true : undefined;
    });
    figure("asked at once", asked);
    figure("completed", completed.length);
    figure("refused for lack of funds", asked - completed.length);
  },
};
