// Traffic that comes by every function of a laptop's stack: payments of both rails, their troubles,
// and every question that can be asked.
import { setTimeout as wait } from "node:timers/promises";
import type { OwnStack } from "../lib/own-stack.ts";
import type { BenchClient, Posted } from "./client.ts";
import { invoke } from "./invoke.ts";

/** What the sandbox provider is told to do by the payment itself, by rail. */
const ORDERS = {
  card: ["", "refused_authorize", "refused_capture", "pending_capture_x1"],
  stablecoin: ["", "refused_on_ramp", "refused_off_ramp", "pending_on_ramp_x1", "pending_off_ramp_x1"],
} as const;
const RAILS = ["card", "stablecoin"] as const;
const OPERATOR = "operator";
const ASK_EVERY_MS = 2_000;
const TRIES = 30;
/** Functions that nothing but the clock or a queue calls. */
const BY_HAND = ["sweep-payments", "empty"];

/**
 * One round. `number` tells its accounts from those of other rounds. Answers how many payments had
 * not ended in time: a busy machine lets steps time out, and then they are asked about for long.
 */
export async function tour(stack: OwnStack, client: BenchClient, number: number): Promise<number> {
  const payer = { merchant: "bench" };
  const posted = await Promise.all(
    RAILS.flatMap((rail) =>
      ORDERS[rail].map((sandbox) => client.pay(rail, payer, sandbox ? { metadata: { sandbox } } : {})),
    ),
  );
  await ask(client, posted[0]?.id ?? "", number);
  for (const name of BY_HAND) await invoke(stack, name, {});
  // A start that is throttled goes through the queue.
  await client.call("POST", "/sandbox/faults", {
    body: { target: "StartExecution", fault: "throttle", count: 1 },
  });
  posted.push(await client.pay("card", payer));
  let left = posted;
  for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
    await wait(ASK_EVERY_MS);
    left = await stillOpen(client, left);
  }
  await client.call("POST", `/payments/${posted[0]?.id}/erase`, {
    merchant: OPERATOR,
    body: { reason: "bench" },
  });
  return left.length;
}

async function ask(client: BenchClient, id: string, number: number): Promise<void> {
  const quote = { amount: 10_000, currency: "EUR", destination_currency: "JPY" };
  const account = { account_id: `tour-${number}` };
  await client.call("POST", "/quotes", { body: quote });
  await client.call("POST", "/accounts", { body: account });
  await client.call("PATCH", `/payments/${id}`, { body: { description: `tour ${number}` } });
  for (const path of ["", "/events"]) await client.call("GET", `/payments/${id}${path}`);
  await client.call("GET", "/accounts/settlement/balance");
  for (const path of [
    "/operations",
    "/accounts/in_transit/holdings",
    "/integrity/report",
    `/sagas/${id}`,
    "/health",
    "/nowhere",
  ])
    await client.call("GET", path, { merchant: OPERATOR });
  await client.call("POST", `/sagas/${id}/redrive`, { merchant: OPERATOR, body: { reason: "bench" } });
}

async function stillOpen(client: BenchClient, posted: readonly Posted[]): Promise<Posted[]> {
  const open: Posted[] = [];
  for (const one of posted) {
    const { json } = await client.call("GET", `/payments/${one.id}`);
    if (!["COMPLETED", "FAILED", "IN_REVIEW"].includes(String(json.status))) open.push(one);
  }
  return open;
}
