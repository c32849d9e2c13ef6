// Erasing what a payment holds about a person: who may, when, and what is answered.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import type { Status } from "../../../functions/lib/contracts/types.ts";
import { isTerminal } from "../../../functions/lib/domain/status.ts";
import statuses from "../../../schemas/common/types.json" with { type: "json" };
import { CardSaga, USER } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../support/http-event.ts";
import { wiringOf } from "../../support/wiring.ts";

const METADATA = { nickname: "wiesenlaufkraut" };
const DESCRIPTION = "a chair for frauenmantel";
const OPS = { ...CLAIMS, client_id: "operator", scope: "ops" };
const ROUTE = "POST /payments/{payment_id}/erase";

let world: CardSaga;
let erase: (given?: { paymentId?: string; body?: unknown; claims?: typeof OPS }) => ReturnType<typeof call>;
beforeEach(async () => {
  world = await CardSaga.after("notify-payment", { description: DESCRIPTION, metadata: METADATA });
  jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
  const handler = coldStart<Handler>("erase-payment/handler.ts");
  erase = ({ paymentId = world.payment_id, body = {}, claims = OPS } = {}) =>
    call(handler, request(ROUTE, { path: { payment_id: paymentId }, body, claims }));
});

describe("erasing a payment", () => {
  it("answers the payment without its user and metadata, and says since when; done again, the same", async () => {
    const { user_id, description, metadata, ...before } = await world.payment();
    const personal = { user_id: USER, description: DESCRIPTION, metadata: METADATA };
    expect({ user_id, description, metadata }).toEqual(personal);
    const { status, body, text } = await erase();
    expect(status).toBe(200);
    expect(violations(schemas.Payment, body)).toEqual([]);
    expect(body).toMatchObject({
      payment_id: world.payment_id,
      status: "COMPLETED",
      version: before.version,
    });
    expect(body.erased_at).toBe(new Date(world.clock.now()).toISOString());
    for (const word of [USER, DESCRIPTION, METADATA.nickname]) expect(text).not.toContain(word);
    world.clock.advance(1_000);
    expect(await erase()).toMatchObject({ status: 200, text });
    const { erased_at: _, ...after } = await world.payment();
    expect(after).toEqual(before);
  });

  it("stands in the operator's journal, with who and why, and what is refused does not", async () => {
    await erase({ body: { reason: "the user asked for it, ticket 7" } });
    world.payments.alter(world.payment_id, { status: "PROCESSING" });
    await erase();
    expect([...world.operations.kept.values()]).toEqual([
      {
        operation_id: expect.any(String),
        kind: "erasure",
        at: new Date(world.clock.now()).toISOString(),
        by: OPS.client_id,
        reason: "the user asked for it, ticket 7",
        merchant_id: "m1",
        payment_id: world.payment_id,
      },
    ]);
  });

  it("writes no event and no journal", async () => {
    const [told, journals] = [await world.told(), world.payments.journals.size];
    await erase();
    expect([await world.told(), world.payments.journals.size]).toEqual([told, journals]);
  });

  it.each(statuses.$defs.status.enum as Status[])(
    "of a payment that is %s: only of one that has ended",
    async (status) => {
      world.payments.alter(world.payment_id, { status });
      const answer = await erase();
      expect(answer.status).toBe(isTerminal(status) ? 200 : 409);
      if (isTerminal(status)) return;
      expect(answer.body).toMatchObject({ code: "PaymentNotEnded", detail: expect.stringContaining(status) });
      expect(await world.payment()).toMatchObject({ user_id: USER, metadata: METADATA });
    },
  );

  it("is an operator's, of any merchant's payment, and of no merchant's own", async () => {
    expect((await world.payment()).merchant_id).not.toBe(OPS.client_id);
    const own = await erase({ claims: { ...CLAIMS, scope: "payments:write payments:read" } });
    expect([own.status, own.body.code]).toEqual([403, "ScopeMissing"]);
    expect(await world.payment()).toMatchObject({ user_id: USER });
  });

  it.each(["no-id", "7f0c0d9e-5b52-8d8e-9a53-0d1f4b1c2a3b"])("of %s is 404", async (paymentId) => {
    expect(await erase({ paymentId })).toMatchObject({ status: 404 });
  });

  it("takes no reason with a card number in it", async () => {
    const { status, body } = await erase({ body: { reason: "4111 1111 1111 1111" } });
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer: "/reason" })]]);
    expect(await world.payment()).toMatchObject({ user_id: USER });
  });

  it("takes no body that it does not know, and then erases nothing", async () => {
    const { status, body } = await erase({ body: { everything: true } });
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer: "/everything" })]]);
    expect(await world.payment()).toMatchObject({ user_id: USER });
  });
});
