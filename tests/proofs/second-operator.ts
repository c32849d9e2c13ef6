// Money made by hand: above the deployment's limit it takes two operators, and whatever they do by
// hand stands in their journal with who, when and why.
import { randomUUID } from "node:crypto";
import { balanceOf } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import {
  type Answer,
  type Client,
  concurrently,
  newMerchant,
  OPERATOR,
  SECOND_OPERATOR,
} from "./lib/client.ts";
import { SOURCE } from "./lib/conversions.ts";
import type { Proof } from "./lib/proof.ts";

const LIMIT = 1_000_000;
const POLICY = { deposit_approval_above: { EUR: LIMIT } };

export const proof: Proof = {
  claim:
    "a deposit above the limit is booked once, by a second operator alone, and every act by hand has its entry",
  stack: { env: { CONTRA_POLICY: JSON.stringify(POLICY) } },
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const opened = await client.request("POST", "/accounts", { merchant, body: { account_id: SOURCE } });
    demand.equal("the account is opened", opened.status, 201, opened.text);
    const count = sized(20);
    const keys = Array.from({ length: count }, () => randomUUID());
    const asked = await concurrently(count, 5, (n) => deposit(client, merchant, keys[n] ?? "", LIMIT + 1));
    for (const { status, json } of asked)
      claim.equal("one operator alone is not enough", [status, json.status], [202, "pending"], json);
    const funds = async () => (await balanceOf(client, merchant, SOURCE, "EUR")).available;
    claim.equal("nothing is booked before", await funds(), 0n);
    for (const { json } of asked) {
      const own = await approve(client, OPERATOR, json.approval_id);
      claim.equal("who asked may not approve", [own.status, own.json.code], [403, "SecondOperatorNeeded"]);
    }
    claim.equal("nothing is booked by who asked", await funds(), 0n);
    const changed = await deposit(client, merchant, keys[0] ?? "", LIMIT + 2);
    claim.equal("what was asked for cannot be changed", changed.status, 422, changed.text);
    const answers = await concurrently(count * 5, 10, (n) =>
      approve(client, SECOND_OPERATOR, asked[n % count]?.json.approval_id),
    );
    const statuses = [...new Set(answers.map(({ status }) => status))];
    claim.equal("an approval is answered with the deposit, however often", statuses, [201]);
    const fresh = answers.filter(({ headers }) => !headers.has("idempotent-replayed")).length;
    claim.equal("each is booked once, of five approvals at once", fresh, count);
    claim.equal("the balance is what was asked for", await funds(), BigInt(count * (LIMIT + 1)));
    const small = await deposit(client, merchant, randomUUID(), LIMIT);
    claim.equal("at the limit one operator is enough", small.status, 201, small.text);
    await claimEntries(client, merchant, count);
    const stranger = await client.request("GET", "/operations", { merchant });
    claim.equal("the journal is the operators'", stranger.status, 403, stranger.text);
    figure("deposits above the limit", count);
    figure("approvals sent for them", answers.length);
    figure("booked", fresh);
  },
};

const deposit = (client: Client, merchant: string, key: string, amount: number): Promise<Answer> =>
  client.request("POST", `/accounts/${SOURCE}/deposits`, {
    merchant: OPERATOR,
    headers: { "idempotency-key": key },
    body: { amount, currency: "EUR", merchant_id: merchant, reason: `wire ${amount}` },
  });

const approve = (client: Client, merchant: string, id: unknown): Promise<Answer> =>
  client.request("POST", `/approvals/${id}`, { merchant, body: { reason: "on the statement" } });

/** Every act has one entry, in pages that lose none and repeat none. */
async function claimEntries(client: Client, merchant: string, count: number): Promise<void> {
  const entries: { kind: string; by: string; reason: string; operation_id: string }[] = [];
  let cursor: unknown;
  do {
    const more = cursor === undefined ? "" : `&cursor=${cursor}`;
    const page = await client.get(OPERATOR, `/operations?merchant_id=${merchant}&limit=3${more}`);
    entries.push(...(page.data as typeof entries));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  const tally = new Map<string, number>();
  for (const { kind, by, reason } of entries) {
    const what = `${kind} by ${by}: ${reason}`;
    tally.set(what, (tally.get(what) ?? 0) + 1);
  }
  claim.equal(
    "every act by hand stands once in the operators' journal",
    Object.fromEntries([...tally].sort()),
    {
      [`deposit by ${OPERATOR}: wire ${LIMIT}`]: 1,
      [`deposit by ${SECOND_OPERATOR}: on the statement`]: count,
      [`deposit-request by ${OPERATOR}: wire ${LIMIT + 1}`]: count,
    },
  );
  claim.equal("no entry is told twice", new Set(entries.map((one) => one.operation_id)).size, entries.length);
}
