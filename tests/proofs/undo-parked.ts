// An undo that the provider keeps refusing parks its payment; nothing is lost, and once the
// provider gives way a redrive ends it.
import { randomUUID } from "node:crypto";
import { balanceOf, claimTrialBalance } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { type Client, concurrently, failureOf, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import { patiently } from "./lib/patience.ts";
import type { Proof } from "./lib/proof.ts";

/**
 * An undo retries for up to ten minutes; here for a quarter. Higher, and a busy machine's slowness
 * is a timeout.
 */
const TIME_SCALE = 4;
/** One more than an undo tries before it gives up, so that nothing but a redrive can end it. */
const REFUSED_VOIDS = 11;
const FAULTS = `refused_capture,refused_void_x${REFUSED_VOIDS}`;
const AMOUNT = 2_500;

type Event = { type: string; data: Json };

const eventsOf = async (client: Client, merchant: string, id: string): Promise<Event[]> =>
  (await client.get(merchant, `/payments/${id}/events`)).events as Event[];

/** What the provider still holds of the payment's money, from its own books. */
async function heldFor(client: Client, id: string): Promise<number> {
  const operations = await client.operations(id);
  const sum = (operation: string) =>
    operations
      .filter((one) => one.operation === operation && one.state === "succeeded")
      .reduce((total, { amount }) => total + amount, 0);
  return sum("authorize") - sum("void") - sum("capture");
}

/**
 * Redrives as an operator does; the sweep may have been faster, and says so with 409 when the
 * payment has moved on.
 */
async function redrive(client: Client, id: string): Promise<boolean> {
  const path = `/sagas/${id}/redrive`;
  const { status, text } = await patiently(path, () => client.request("POST", path, { merchant: OPERATOR }));
  claim.oneOf("a redrive is taken, or comes too late", status, [202, 409], text);
  return status === 202;
}

export const proof: Proof = {
  claim: "10 undo failures parked, provider recovers, redriven: all FAILED with nothing held",
  stack: { env: { CONTRA_TIME_SCALE: String(TIME_SCALE) } },
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const ids = await concurrently(sized(10), 5, async () => {
      const body = { amount: AMOUNT, currency: "EUR", user_id: randomUUID(), metadata: { sandbox: FAULTS } };
      return client.accepted(merchant, body);
    });
    const parked = await concurrently(ids.length, 10, (index) =>
      client.until(`payment ${ids[index]} is parked`, async () => {
        const events = await eventsOf(client, merchant, String(ids[index]));
        return events.find(({ type }) => type === "payment.parked");
      }),
    );
    const states = [...new Set(parked.map(({ data }) => `${data.state} with ${data.error}`))];
    const where = [...new Set(parked.map(({ data }) => data.state))];
    claim.equal("every payment is parked at its undo", where, ["VoidAuthorization"], states);
    const before = await Promise.all(ids.map((id) => heldFor(client, id)));
    figure("parked", parked.length);
    figure("at", states.join(", "));
    figure(
      "held while parked, minor units",
      before.reduce((total, held) => total + held, 0),
    );

    const byHand = await concurrently(ids.length, 5, (index) => redrive(client, String(ids[index])));
    const payments = await concurrently(ids.length, 10, (index) =>
      client.until(`payment ${ids[index]} fails`, async () => {
        const payment = await client.get(merchant, `/payments/${ids[index]}`);
        return payment.status === "FAILED" ? payment : undefined;
      }),
    );
    for (const payment of payments) {
      claim.equal(
        "it says where it failed, and what was undone in which order",
        failureOf(payment),
        {
          code: "CaptureDeclined",
          step: "capture-payment",
          undone: ["post-ledger", "authorize-payment"],
        },
        payment,
      );
    }
    const held = await Promise.all(ids.map((id) => heldFor(client, id)));
    claim.equal("the provider holds nothing in the end", [...new Set(held)], [0]);
    for (const id of ids) {
      const types = (await eventsOf(client, merchant, id)).map(({ type }) => type);
      const [parkedAt, resumedAt] = [types.indexOf("payment.parked"), types.indexOf("payment.resumed")];
      claim.atLeast("it is resumed after it was parked", resumedAt, parkedAt + 1, { id, types });
    }
    await claimTrialBalance(client, ids.length * 2);
    claim.equal("the merchant has nothing of it", await balanceOf(client, merchant, "settlement", "EUR"), {
      pending: 0n,
      available: 0n,
    });
    figure("redriven by hand", byHand.filter(Boolean).length);
    figure("redriven by the sweep", byHand.filter((one) => !one).length);
    figure("FAILED", payments.length);
    figure(
      "held in the end, minor units",
      held.reduce((total, one) => total + one, 0),
    );
  },
};
