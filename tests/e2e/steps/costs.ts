// What a payment of each rail costs once it is applied: figures of the emulator's own counters, to
// hold beside those of the laptop.
import { randomUUID } from "node:crypto";
import {
  claimAvailable,
  claimOneCapture,
  claimTrail,
  claimTrialBalance,
  HAPPY_TRAIL,
} from "../../proofs/lib/books.ts";
import { claim } from "../../proofs/lib/claims.ts";
import { type Client, type Json, newMerchant } from "../../proofs/lib/client.ts";
import { DESTINATION, partings, SOURCE } from "../../proofs/lib/conversions.ts";
import { costsOf } from "../../proofs/lib/costs.ts";
import type { Context, Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

const CONCURRENCY = 8;
const AMOUNT = 10_000;
/** The default policy's fee of 150 basis points. */
const FEE = 150;

type Rail = {
  name: string;
  body: () => Json;
  trail: string[];
  /** Each costs $25 per million payments (docs/architecture.md#what-a-transition-costs). */
  mostTransitions: number;
  journals: number;
  /** Claims that the books agree about the payments. */
  agree: (client: Client, merchant: string, payments: Json[]) => Promise<void>;
};

const RAILS: Rail[] = [
  {
    name: "card",
    body: () => ({ amount: AMOUNT, currency: "EUR", user_id: randomUUID() }),
    trail: HAPPY_TRAIL,
    mostTransitions: 6,
    journals: 2,
    async agree(client, merchant, payments) {
      for (const { payment_id } of payments) await claimOneCapture(client, String(payment_id));
      await claimAvailable(client, merchant, "EUR", BigInt(payments.length * (AMOUNT - FEE)));
    },
  },
  {
    name: "stablecoin",
    body: () => ({
      amount: AMOUNT,
      currency: "EUR",
      destination_currency: "JPY",
      source_account: SOURCE,
      destination_account: DESTINATION,
    }),
    trail: ["accepted", "validated", "held", "on_ramped", "off_ramped", "completed", "notified"],
    mostTransitions: 7,
    journals: 4,
    async agree(client, _, payments) {
      for (const payment of payments) {
        const operations = await client.operations(String(payment.payment_id));
        claim.nothing("every payment agrees with the provider's books", partings(payment, operations));
      }
    },
  },
];

export const costs = (world: World): Proof => ({
  claim: "payments of both rails complete once, the books agree to the unit, in at most 6 and 7 transitions",
  async run(context) {
    for (const rail of RAILS) await measure(world, context, rail);
  },
});

async function measure({ first }: World, { client, sized, figure }: Context, rail: Rail): Promise<void> {
  const merchant = newMerchant();
  const count = sized(100);
  const { ids, seconds, spent } = await costsOf(
    { client },
    count,
    0,
    () => client.accepted(merchant, rail.body()),
    {
      concurrency: CONCURRENCY,
      lastStep: `lambda.invocations.${first.prefix}notify-payment`,
    },
  );
  const payments: Json[] = [];
  for (const id of ids) {
    const payment = await client.get(merchant, `/payments/${id}`);
    claim.equal("every payment completes", payment.status, "COMPLETED", payment);
    await claimTrail(client, merchant, id, rail.trail);
    payments.push(payment);
  }
  await claimTrialBalance(client, count * rail.journals);
  await rail.agree(client, merchant, payments);

  const per = (name: string): number => (spent[name] ?? 0) / count;
  figure(`${rail.name}: payments`, count);
  figure(`${rail.name}: payments per second`, (count / seconds).toFixed(1));
  figure(`${rail.name}: transitions per payment`, per("states.transitions").toFixed(2));
  figure(`${rail.name}: items written per payment`, per("dynamodb.writes").toFixed(1));
  figure(`${rail.name}: Lambda invocations per payment`, per("lambda.invocations").toFixed(1));
  const transitions = per("states.transitions");
  claim.atMost("a payment takes few transitions", transitions, rail.mostTransitions, rail.name);
  claim.equal("no stream record is given up", spent["lambda.stream_records_given_up"] ?? 0, 0);
  claim.equal("every event is delivered", spent["events.failed_deliveries"] ?? 0, 0);
}
