// A quote that can be used twice gives the house's margin away. Here fifty clients want one, and one gets it.
import { randomUUID } from "node:crypto";
import { concurrently } from "./lib/client.ts";
import { DESTINATION, rampsOf, SOURCE } from "./lib/conversions.ts";
import { patiently } from "./lib/patience.ts";
import { assert, type Context, type Proof } from "./lib/proof.ts";
import { inBothWeathers } from "./lib/store-faults.ts";

export const proof: Proof = {
  claim: "one quote posted by 50 clients at once makes one payment at the quoted amounts, and 49 conflicts",
  run: (context) => inBothWeathers(context, (weather) => round(context, weather)),
};

async function round({ client, sized, figure }: Context, weather: string): Promise<void> {
  const merchant = `m-${randomUUID().slice(0, 8)}`;
  const clients = sized(50);
  const asked = { amount: 10_000, currency: "EUR", destination_currency: "JPY" };
  const quoted = await patiently("a quote", () =>
    client.request("POST", "/quotes", { merchant, body: asked }),
  );
  assert.equal(quoted.status, 201, quoted.text);
  const { quote_id, destination_amount, fee } = quoted.json;
  const body = { ...asked, quote_id, source_account: SOURCE, destination_account: DESTINATION };
  const answers = await concurrently(clients, clients, (index) =>
    patiently("an answer", () => client.pay(merchant, `client-${index}`, body)),
  );
  const accepted = answers.filter(({ status }) => status === 202);
  assert.equal(accepted.length, 1, `statuses: ${answers.map(({ status }) => status)}`);
  const refused = answers.filter(({ status, json }) => status === 409 && json.code === "QuoteNotUsable");
  assert.equal(refused.length, clients - 1, `statuses: ${answers.map(({ status }) => status)}`);
  const id = String(accepted[0]?.json.payment_id);
  const payment = await client.ended(merchant, id, 120);
  assert.equal(payment.status, "COMPLETED", JSON.stringify(payment));
  assert.deepEqual(
    [payment.destination_amount, payment.fee],
    [destination_amount, fee],
    "not what was quoted",
  );
  const { bought, paid } = rampsOf(await client.operations(id));
  assert.deepEqual([bought.length, paid.length], [1, 1]);
  const foreign = await patiently("an answer", () => client.pay("somebody-else", randomUUID(), body));
  assert.equal(foreign.status, 404, "another merchant is told of the quote");
  figure(`${weather}: clients`, clients);
  figure(`${weather}: payments`, accepted.length);
  figure(`${weather}: conflicts`, refused.length);
}
