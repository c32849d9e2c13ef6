// A quote that can be used twice gives the house's margin away. Here fifty clients want one, and
// one gets it.
import { randomUUID } from "node:crypto";
import { claim, demand } from "./lib/claims.ts";
import { concurrently, newMerchant } from "./lib/client.ts";
import { DESTINATION, rampsOf, SOURCE } from "./lib/conversions.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";
import { onCalmAndFaultyStore } from "./lib/store-faults.ts";

export const proof: Proof = {
  claim: "one quote posted by 50 clients at once makes one payment at the quoted amounts, and 49 conflicts",
  run: (context) => onCalmAndFaultyStore(context, (store) => round(context, store)),
};

async function round({ client, sized, figure }: Context, store: string): Promise<void> {
  const merchant = newMerchant();
  const clients = sized(50);
  const asked = { amount: 10_000, currency: "EUR", destination_currency: "JPY" };
  const quoted = await patiently("a quote", () =>
    client.request("POST", "/quotes", { merchant, body: asked }),
  );
  demand.equal("the quote is given", quoted.status, 201, quoted.text);
  const { quote_id, destination_amount, fee } = quoted.json;
  const body = { ...asked, quote_id, source_account: SOURCE, destination_account: DESTINATION };
  const answers = await concurrently(clients, clients, (index) =>
    patiently("an answer", () => client.pay(merchant, `client-${index}`, body)),
  );
  const accepted = answers.filter(({ status }) => status === 202);
  const statuses = answers.map(({ status }) => status);
  demand.equal("one client gets the quote", accepted.length, 1, statuses);
  const refused = answers.filter(({ status, json }) => status === 409 && json.code === "QuoteNotUsable");
  claim.equal("every other client hears of a conflict", refused.length, clients - 1, statuses);
  const id = String(accepted[0]?.json.payment_id);
  const payment = await client.ended(merchant, id);
  claim.equal("the payment completes", payment.status, "COMPLETED", payment);
  claim.equal(
    "it pays what was quoted",
    { destination_amount: payment.destination_amount, fee: payment.fee },
    { destination_amount, fee },
  );
  const { bought, paid } = rampsOf(await client.operations(id));
  claim.equal("the ramps bought and paid out once", [bought.length, paid.length], [1, 1]);
  const foreign = await patiently("an answer", () => client.pay("somebody-else", randomUUID(), body));
  claim.equal("another merchant hears nothing of the quote", foreign.status, 404);
  figure(`${store}: clients`, clients);
  figure(`${store}: payments`, accepted.length);
  figure(`${store}: conflicts`, refused.length);
}
