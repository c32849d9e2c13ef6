// A merchant's cancel, and what must be true of its answer and of the payment's end.
import { claimNoGap } from "./books.ts";
import { claim } from "./claims.ts";
import { type Answer, type Client, failureOf, type Json } from "./client.ts";
import { partings } from "./conversions.ts";
import { patiently } from "./patience.ts";

/** What undoes each step that moved something, in the trail. */
const UNDONE: Record<string, string> = {
  "payment.voided": "authorize-payment",
  "payment.reversed": "post-ledger",
  "payment.hold_released": "authorize-conversion",
  "payment.on_ramp_reversed": "on-ramp",
};

/** Asks until it is answered. */
export const cancel = (client: Client, merchant: string, id: string, key = `cancel-${id}`): Promise<Answer> =>
  patiently(`cancel ${id}`, () =>
    client.request("POST", `/payments/${id}/cancel`, { merchant, headers: { "idempotency-key": key } }),
  );

export function claimTaken(answers: readonly Answer[]): void {
  for (const { status, json, text } of answers) {
    claim.equal("of two who cancel at once both are told the same", status, 202, text);
    claim.equal("the answer says since when", typeof json.cancel_requested_at, "string", text);
  }
}

export function claimRefused(problem: Json): void {
  claim.equal("a refusal names itself", problem.code, "CannotCancel", problem);
  claim.oneOf(
    "a refusal says where the payment is",
    problem.payment_status,
    ["PROCESSING", "COMPLETED", "FAILED"],
    problem,
  );
  claim.equal("a refusal says what is possible: there is no refund yet", problem.possible, [], problem);
}

/** Nothing of it is held, and its failure says what was undone. */
export async function claimUndone(
  client: Client,
  merchant: string,
  rail: string,
  payment: Json,
): Promise<void> {
  const id = String(payment.payment_id);
  claim.oneOf("what was taken ends undone", payment.status, ["CANCELED", "FAILED"], payment);
  const isCanceled = payment.status === "CANCELED";
  const { code, undone = [] } = failureOf(payment);
  claim.equal(
    "CANCELED is the merchant's doing, FAILED a refusal",
    code === "CancelRequested",
    isCanceled,
    payment,
  );
  const operations = await client.operations(id);
  if (rail === "card") {
    const took = (name: string) =>
      operations.filter(({ operation, state }) => operation === name && state === "succeeded").length;
    claim.equal("nothing is captured of what was cancelled", took("capture"), 0, operations);
    claim.equal("nothing is held of what was cancelled", took("authorize") - took("void"), 0, operations);
  } else claim.nothing("ramps and payment agree about what was cancelled", partings(payment, operations));
  const { events } = (await client.get(merchant, `/payments/${id}/events`)) as {
    events: { sequence: number; type: string }[];
  };
  claimNoGap(id, events);
  const types = events.map(({ type }) => type);
  claim.equal(
    "its last event says so",
    types.at(-1),
    isCanceled ? "payment.canceled" : "payment.failed",
    types,
  );
  claim.equal(
    "its failure names what its trail undid",
    [...undone].sort(),
    types.flatMap((type) => UNDONE[type] ?? []).sort(),
    types,
  );
}
