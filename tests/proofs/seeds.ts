// The requests of the documents that Contra was conceived from, unchanged.
import { randomUUID } from "node:crypto";
import { claimTrail, HAPPY_TRAIL } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import type { Client } from "./lib/client.ts";
import { patiently } from "./lib/patience.ts";
import type { Proof } from "./lib/proof.ts";

export const proof: Proof = {
  claim: "the seed's body completes by /payments and by /v1/charges",
  async run({ client, figure }) {
    for (const path of ["/payments", "/v1/charges"]) {
      const body = { amount: 500, currency: "INR", user_id: randomUUID() };
      const started = performance.now();
      const key = randomUUID();
      const answer = await patiently(path, () => client.pay("seed", key, body, path));
      demand.equal("the seed's body is accepted", answer.status, 202, answer.text);
      const location = answer.headers.get("location");
      claim.equal("the answer says where the payment is", location, `/payments/${answer.json.payment_id}`);
      const payment = await client.ended("seed", String(answer.json.payment_id));
      claim.equal("the payment completes", payment.status, "COMPLETED", payment);
      figure(`${path} to COMPLETED, ms`, Math.round(performance.now() - started));
      await client.until("the announcement", async () => {
        const now = await client.get("seed", `/payments/${payment.payment_id}`);
        return now.step === "notify-payment" ? now : undefined;
      });
      await claimTrail(client, "seed", String(payment.payment_id), HAPPY_TRAIL);
      figure(`${path} read, ways`, await claimReadings(client, String(payment.payment_id)));
    }
  },
};

/**
 * Where a slash at the path's end leads, and where it should. Without a token: nothing but the path
 * is read. An endpoint other than a laptop's may take both paths for one, before its routes do.
 */
async function slashed(client: Client, path: string): Promise<[seen: unknown, expected: unknown]> {
  const bare = await fetch(client.url + path);
  const moved = await fetch(`${client.url}${path}/`, { redirect: "manual" });
  if (moved.status === bare.status && moved.status === 401) return [401, 401];
  return [
    [moved.status, moved.headers.get("location")],
    [308, path],
  ];
}

/** The same payment by either path, its id in either case, and by HEAD; a slash leads there. */
async function claimReadings(client: Client, id: string): Promise<number> {
  const ask = (method: string, path: string) =>
    patiently(path, () => client.request(method, path, { merchant: "seed" }));
  const { text, headers } = await ask("GET", `/payments/${id}`);
  const type = headers.get("content-type");
  const paths = ["/payments", "/v1/charges"].flatMap((path) => [
    `${path}/${id}`,
    `${path}/${id.toUpperCase()}`,
  ]);
  for (const path of paths) {
    const got = await ask("GET", path);
    claim.equal("it is read in every way that names it", [got.status, got.text], [200, text], path);
    const head = await ask("HEAD", path);
    const seen = [head.status, head.headers.get("content-type"), head.text];
    claim.equal("HEAD answers like GET, without a body", seen, [200, type, ""], path);
    claim.equal("a trailing slash leads to the path without it", ...(await slashed(client, path)), path);
  }
  return 3 * paths.length;
}
