// Step Functions takes no starts for half a minute; nobody notices but the clock.
import { randomUUID } from "node:crypto";
import { claim, demand } from "./lib/claims.ts";
import { concurrently, newMerchant } from "./lib/client.ts";
import type { Proof } from "./lib/proof.ts";

export const proof: Proof = {
  claim: "StartExecution throttled for 30 s: every post answers 202 and every payment completes afterwards",
  async run({ client, sized, scale, figure }) {
    const merchant = newMerchant();
    const count = sized(60);
    const seconds = Math.max(5, Math.round(30 * scale));
    await client.fault({ target: "StartExecution", fault: "throttle", seconds });
    const until = Date.now() + seconds * 1000;
    try {
      const posted = await concurrently(count, 5, async () => {
        const body = { amount: 700, currency: "EUR", user_id: randomUUID() };
        const answer = await client.pay(merchant, randomUUID(), body);
        return { status: answer.status, id: String(answer.json.payment_id), throttled: Date.now() < until };
      });
      const statuses = [...new Set(posted.map(({ status }) => status))];
      demand.equal("every post is accepted", statuses, [202]);
      const throttled = posted.filter((one) => one.throttled).length;
      claim.atLeast("something is posted while starts are throttled", throttled, 1);
      const payments = await Promise.all(posted.map(({ id }) => client.ended(merchant, id)));
      const ends = [...new Set(payments.map(({ status }) => status))];
      claim.equal("every payment completes", ends, ["COMPLETED"]);
      figure("throttled for, s", seconds);
      figure("posted while throttled", throttled);
      figure("completed", payments.length);
      figure("last one completed after the throttle, s", ((Date.now() - until) / 1000).toFixed(1));
    } finally {
      await client.clearFaults();
    }
  },
};
