// A saga that fails at a defect: the rule on the account's bus hears of it, the payment is parked,
// and a redrive ends it. All of it by what was applied: default bus, queue, mapping, and the
// redrive of Step Functions.
import { randomUUID } from "node:crypto";
import { HAPPY_TRAIL } from "../../proofs/lib/books.ts";
import { claim, demand } from "../../proofs/lib/claims.ts";
import { newMerchant, OPERATOR } from "../../proofs/lib/client.ts";
import { booksOf, untilEnded } from "../../proofs/lib/ending.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

const AMOUNT = 3_100;
const PAUSE_MS = 400;

export const parked = ({ control, first }: World): Proof => ({
  claim: "a saga that meets a defect is parked and named, and completes when it is redriven",
  async run({ client, figure }) {
    const merchant = newMerchant();
    const body = { amount: AMOUNT, currency: "EUR", user_id: randomUUID() };
    const defect = { service: "lambda", operation: "Run", function: `${first.prefix}post-ledger` };
    try {
      await control.fault({ ...defect, error: "InvariantBroken" });
      const id = await client.accepted(merchant, body);
      const stopped = await untilEnded(client, merchant, id, PAUSE_MS);
      const { end, at } = stopped;
      claim.equal("it is parked at its defect", { end, at }, { end: "PARKED", at: "PostLedger" });
      const redriven = await client.request("POST", `/sagas/${id}/redrive`, { merchant: OPERATOR });
      demand.equal("the redrive is taken", redriven.status, 202, redriven.text);
      const ended = await client.until(`payment ${id} completes`, async () => {
        const ending = await untilEnded(client, merchant, id, PAUSE_MS);
        return ending.end === "COMPLETED" ? ending : undefined;
      });
      const { events, wrong } = await booksOf(client, merchant, ended, AMOUNT);
      claim.nothing("its books agree", wrong);
      const way = events.filter((type) => HAPPY_TRAIL.includes(type));
      claim.equal("it goes the whole way, each step once", way, HAPPY_TRAIL);
      figure("parked at", String(stopped.at));
      figure("trail", events.join(", "));
    } finally {
      await control.clearFaults();
    }
  },
});
