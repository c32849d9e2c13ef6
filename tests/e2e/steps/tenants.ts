// Who is not the merchant sees nothing: no token, a forged one, one for others, too small a scope,
// another merchant.
import { randomUUID } from "node:crypto";
import { claim } from "../../proofs/lib/claims.ts";
import { newMerchant } from "../../proofs/lib/client.ts";
import { patiently } from "../../proofs/lib/patience.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

const AMOUNT = 73_137;

const claimSilence = (text: string): boolean =>
  claim.equal("a refusal says nothing of the payment", text.includes(String(AMOUNT)), false, text);

export const tenants = ({ issuer, cloud }: World): Proof => ({
  claim: "forged tokens, tokens for others and other merchants get nothing",
  async run({ client, figure }) {
    const [owner, stranger] = [newMerchant(), newMerchant()];
    const body = { amount: AMOUNT, currency: "EUR", user_id: randomUUID(), reference: randomUUID() };
    const id = await client.accepted(owner, body);

    const good = await issuer.token(owner);
    const cut = (token: string) => `${token.slice(0, -12)}AAAAAAAAAAAA`;
    const tokens: [string, string | undefined, number][] = [
      ["no token", undefined, 401],
      ["no JWT", "secret", 401],
      ["another issuer", await issuer.token(owner, { issuer: "https://nobody.example" }), 401],
      ["another audience", await issuer.token(owner, { audience: "somebody-else" }), 401],
      ["expired", await issuer.token(owner, { expires: "-1m" }), 401],
      ["without the scope", await issuer.token(owner, { scope: "contra/ops" }), 403],
      ...(cloud.verifiesTokens ? [["a forged signature", cut(good), 401] as [string, string, number]] : []),
    ];
    for (const [name, token, status] of tokens) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await client.request("GET", `/payments/${id}`, { headers });
      claim.equal(`refused: ${name}`, answer.status, status, answer.text);
      claimSilence(answer.text);
    }
    figure("tokens refused", tokens.length);

    const foreign = [`/payments/${id}`, `/payments/${id}/events`];
    for (const path of foreign) {
      const answer = await client.request("GET", path, { merchant: stranger });
      claim.equal("another merchant finds nothing", answer.status, 404, answer.text);
      claimSilence(answer.text);
      const own = await client.request("GET", path, { merchant: owner });
      claim.equal("its own merchant finds it", own.status, 200, own.text);
    }
    const sender = { merchant: stranger, headers: { "idempotency-key": randomUUID() } };
    const cancel = await client.request("POST", `/payments/${id}/cancel`, sender);
    claim.equal("no other merchant cancels it", cancel.status, 404, cancel.text);
    claimSilence(cancel.text);
    const named = { amount: AMOUNT, currency: "EUR", merchant_id: owner };
    const deposit = await client.request("POST", "/accounts/settlement/deposits", { ...sender, body: named });
    claim.equal("no merchant makes a deposit", deposit.status, 403, deposit.text);

    // The key is the merchant's: the same one of another merchant is another payment.
    const key = randomUUID();
    const [mine, theirs] = [
      await patiently("the owner's", () => client.pay(owner, key, { ...body, reference: "r" })),
      await patiently("the stranger's", () => client.pay(stranger, key, body)),
    ];
    claim.equal("one key is good for two merchants", [mine.status, theirs.status], [202, 202]);
    const ids = new Set([mine.json.payment_id, theirs.json.payment_id]);
    claim.equal("the same key of another merchant is another payment", ids.size, 2);
    figure("foreign reads answered 404", foreign.length);
  },
});
