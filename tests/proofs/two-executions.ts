// A second execution is forced on a payment while the first one runs, at moments from its first
// step to its last. One of them moves the money. The other finds itself superseded.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { claimAvailable, claimNoGap, claimTrialBalance, HAPPY_TRAIL } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import { type Client, concurrently, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import { patiently } from "./lib/patience.ts";
import type { Proof } from "./lib/proof.ts";

const AMOUNT = 1_900;
/** After the default policy's fee of 150 basis points, rounded down. */
const NET = 1_872n;
/**
 * A happy saga takes about a second: the second execution comes from before its claim to after its
 * capture.
 */
const LATEST_MS = 1_200;
/**
 * Some payments wait in a step for an answer that is lost, or comes after many seconds. There the
 * owner changes in the middle of a call, however busy the machine is.
 */
const SLOW = [undefined, "lost_authorize_x1", "lost_capture_x1", "timeout_capture_x1"];

type Event = { type: string; sequence: number; data: Json };
type Attempt = { execution: string; status: string; last_state: string };
type Forced = { id: string; isTaken: boolean };

async function force(client: Client, merchant: string, index: number, count: number): Promise<Forced> {
  const sandbox = SLOW[index % SLOW.length];
  const payment = {
    amount: AMOUNT,
    currency: "EUR",
    user_id: randomUUID(),
    ...(sandbox ? { metadata: { sandbox } } : {}),
  };
  const id = await client.accepted(merchant, payment);
  await wait((LATEST_MS * index) / count);
  const path = `/sagas/${id}/redrive`;
  const body = { new_attempt: true };
  // A 503 is a payment that changed under our hands, and we ask again; a 409 one that completed
  // before.
  const { status, text } = await patiently(path, () =>
    client.request("POST", path, { merchant: OPERATOR, body }),
  );
  claim.oneOf("a new attempt is taken, or comes too late", status, [202, 409], text);
  return { id, isTaken: status === 202 };
}

/**
 * Claims one of everything, whoever did it, and that the trail has no event beyond one saga's and
 * the change of owner. Returns how often the money was captured.
 */
async function claimOneEffect(client: Client, merchant: string, { id, isTaken }: Forced): Promise<number> {
  const effects = await client.effects(id);
  claim.equal(
    "the provider authorized and captured once",
    effects,
    ["authorize succeeded", "capture succeeded"],
    id,
  );
  const { events } = (await client.get(merchant, `/payments/${id}/events`)) as { events: Event[] };
  claimNoGap(id, events);
  const types = events.map(({ type }) => type.replace("payment.", ""));
  const attempts = types.filter((type) => type === "attempted").length;
  claim.equal("the change of owner is in the trail, once", attempts, isTaken ? 1 : 0, { id, types });
  const others = types.filter((type) => type !== "attempted");
  claim.equal("the trail is one saga's", others, HAPPY_TRAIL, { id, types });
  return effects.filter((operation) => operation.startsWith("capture")).length;
}

/**
 * The execution that did not keep the payment: it has to have ended in SagaSuperseded, or to have
 * found all of its work done.
 */
async function loserOf(client: Client, id: string): Promise<Attempt> {
  return client.until(`both executions of ${id} have ended`, async () => {
    const saga = await client.get(OPERATOR, `/sagas/${id}`);
    const attempts = saga.attempts as Attempt[];
    const owner = (saga.execution as { name: string }).name;
    demand.equal("a payment that was taken over has two executions", attempts.length, 2, { id, attempts });
    if (attempts.some(({ status }) => status === "RUNNING")) return undefined;
    const statuses = [...new Set(attempts.map(({ status }) => status))];
    claim.equal("both executions succeed", statuses, ["SUCCEEDED"], { id, attempts });
    return attempts.find(({ execution }) => execution !== owner);
  });
}

export const proof: Proof = {
  claim:
    "two executions forced for one payment: one effect; the stale one ends Superseded having written nothing",
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const count = sized(60);
    const forced = await concurrently(count, 6, (index) => force(client, merchant, index, count));
    const statuses = await concurrently(count, 10, async (index) => {
      const { id } = forced[index] as Forced;
      return client.until(`payment ${id} completes`, async () => {
        const { status } = await client.get(merchant, `/payments/${id}`);
        return status === "COMPLETED" ? status : undefined;
      });
    });
    claim.equal("every payment completes", [...new Set(statuses)], ["COMPLETED"]);
    const taken = forced.filter(({ isTaken }) => isTaken);
    claim.atLeast("some payment is taken over", taken.length, 1);
    const losers = await concurrently(taken.length, 5, (index) =>
      loserOf(client, (taken[index] as Forced).id),
    );
    for (const loser of losers)
      claim.equal("the stale execution ends superseded", loser.last_state, "SagaSuperseded", loser);
    let captures = 0;
    for (const one of forced) {
      await client.until(`payment ${one.id} is announced`, async () => {
        const { step } = await client.get(merchant, `/payments/${one.id}`);
        return step === "notify-payment" ? true : undefined;
      });
      captures += await claimOneEffect(client, merchant, one);
    }
    await claimTrialBalance(client, count * 2);
    await claimAvailable(client, merchant, "EUR", NET * BigInt(count));
    const lateLosers = losers.filter(({ execution }) => execution.length === taken[0]?.id.length).length;
    figure("payments", count);
    figure("taken over while the first execution ran", taken.length);
    figure("completed before they could be", count - taken.length);
    figure("stale: the first execution", lateLosers);
    figure("stale: the second, beaten to the claim", losers.length - lateLosers);
    figure("captures in the provider's books", captures);
  },
};
