// An account that forbids an overdraft pays for what it has, however many payments ask at once.
import { balanceOf } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import { concurrently, failureOf, newMerchant } from "./lib/client.ts";
import { convert, openFunded, SOURCE } from "./lib/conversions.ts";
import type { Proof } from "./lib/proof.ts";

const AMOUNT = 2_500;

export const proof: Proof = {
  claim: "an account with funds for 10 payments completes exactly 10 of 50 concurrent ones, and ends at zero",
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const [affordable, asked] = [sized(10), sized(50)];
    await openFunded(client, merchant, SOURCE, { currency: "EUR", amount: affordable * AMOUNT });
    const conversion = { amount: AMOUNT, currency: "EUR", destination_currency: "USD" };
    const ids = await concurrently(asked, asked, () => convert(client, merchant, conversion));
    const payments = await concurrently(asked, 20, (index) => client.ended(merchant, ids[index] ?? ""));
    const completed = payments.filter(({ status }) => status === "COMPLETED");
    claim.equal("as many complete as the account can pay", completed.length, affordable);
    for (const payment of payments.filter((one) => !completed.includes(one))) {
      const { code, undone } = failureOf(payment);
      claim.equal(
        "the others fail for lack of funds, with nothing to undo",
        { status: payment.status, code, undone },
        { status: "FAILED", code: "InsufficientFunds", undone: [] },
        payment,
      );
    }
    await client.until("the account is at zero", async () => {
      const { available } = await balanceOf(client, merchant, SOURCE, "EUR");
      demand.atLeast("the account is never overdrawn", available, 0n);
      return available === 0n ? true : undefined;
    });
    figure("asked at once", asked);
    figure("completed", completed.length);
    figure("refused for lack of funds", asked - completed.length);
  },
};
