// The provider that a stack brings along: payments through the sandbox's own API and functions,
// compared with its own books.
import { randomUUID } from "node:crypto";
import { claim } from "../../proofs/lib/claims.ts";
import { newMerchant } from "../../proofs/lib/client.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

/** What a payment orders, how it ends, and what the books then hold of it. */
const CASES: [order: string, status: string, books: string[]][] = [
  ["", "COMPLETED", ["authorize succeeded", "capture succeeded"]],
  ["refused_authorize", "FAILED", ["authorize refused"]],
  ["refused_capture", "FAILED", ["authorize succeeded", "capture refused", "void succeeded"]],
  ["lost_authorize_x1", "COMPLETED", ["authorize succeeded", "capture succeeded"]],
  // Of this capture nothing but its webhook tells.
  ["lost_capture,unavailable_query", "COMPLETED", ["authorize succeeded", "capture succeeded"]],
];

export const ownSandbox = ({ withOwnSandbox: { client } }: World): Proof => ({
  claim: "a stack that is given no provider pays through its own",
  stack: "none",
  async run({ figure }) {
    const merchant = newMerchant();
    await Promise.all(
      CASES.map(async ([order, status, books]) => {
        const body = {
          amount: 1_000,
          currency: "EUR",
          user_id: randomUUID(),
          ...(order ? { metadata: { sandbox: order } } : {}),
        };
        const id = await client.accepted(merchant, body);
        const payment = await client.ended(merchant, id);
        claim.equal("every payment ends as it should", payment.status, status, { order, payment });
        const rows = await client.effects(id);
        claim.equal("the provider's books say the same", rows, books, order);
        figure(order || "no order", status);
      }),
    );
  },
});
