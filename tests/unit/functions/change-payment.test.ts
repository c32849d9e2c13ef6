// Changing a payment after the fact: who may, what, when, and what is answered.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { changePayment } from "../../../functions/change-payment/change-payment.ts";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import type { Status } from "../../../functions/lib/contracts/types.ts";
import { MOST_CHANGES } from "../../../functions/lib/domain/change.ts";
import { actOf } from "../../../functions/lib/domain/operation.ts";
import { RateLimited, StoreContention, StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import statuses from "../../../schemas/common/types.json" with { type: "json" };
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { failureOf } from "../../support/conformance/fixtures.ts";
import { CLAIMS, call, type Handler, request } from "../../support/http-event.ts";
import { wiringOf } from "../../support/wiring.ts";

const ROUTE = "PATCH /payments/{payment_id}";
const CARD = "4111 1111 1111 1111";
const OWN = {
  description: "a chair",
  metadata: { order: "7", sandbox: "lost_capture_x1" },
  reference: "order-7",
};

type Sent = {
  paymentId?: string;
  body?: unknown;
  headers?: Record<string, string>;
  claims?: Record<string, string>;
};

let world: CardSaga;
let change: (sent?: Sent) => ReturnType<typeof call>;

async function begin(saga: CardSaga): Promise<void> {
  world = saga;
  jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
  const handler = coldStart<Handler>("change-payment/handler.ts");
  change = ({ paymentId = world.payment_id, body = {}, headers = {}, claims = CLAIMS } = {}) =>
    call(handler, request(ROUTE, { path: { payment_id: paymentId }, body, headers, claims }));
}

/** By the rules alone: an error of the test is the same class to them. */
const changed = (description: string) =>
  changePayment(world)({
    merchantId: "m1",
    paymentId: world.payment_id,
    ifMatch: undefined,
    body: { description },
  });
const shown = async () => (await change()).body;
const updates = async () =>
  (await world.payments.events(world.payment_id)).filter(({ type }) => type === "payment.updated");
/** Where the errors of a refused change point; nothing of the payment may have moved. */
async function refused(sent: Sent): Promise<string[]> {
  const before = [await shown(), await updates()];
  const { status, body, text } = await change(sent);
  expect([status, body.code]).toEqual([400, "InvalidRequest"]);
  expect(text).not.toContain("1111 1111");
  expect([await shown(), await updates()]).toEqual(before);
  return (body.errors as { pointer?: string; header?: string }[]).map(
    ({ pointer, header }) => header ?? pointer ?? "",
  );
}

beforeEach(async () => begin(await CardSaga.after("validate-payment", OWN)));

describe("changing a payment", () => {
  it("answers it as it is then, and one version on", async () => {
    const before = await shown();
    const body = { description: "two chairs", metadata: { order: null, note: "größer ≠ 🙂" } };
    const answer = await change({ body });
    expect(answer.status).toBe(200);
    expect(violations(schemas.Payment, answer.body)).toEqual([]);
    expect(answer.body).toEqual({
      ...before,
      description: "two chairs",
      metadata: { sandbox: "lost_capture_x1", note: "größer ≠ 🙂" },
      version: Number(before.version) + 1,
      updated_at: new Date(world.clock.now()).toISOString(),
    });
    expect(await shown()).toEqual(answer.body);
    expect(await updates()).toMatchObject([{ change: 1, data: { changed: ["description", "metadata"] } }]);
  });

  it("done again changes nothing, tells nothing and counts nothing", async () => {
    const first = await change({ body: { description: "two chairs" } });
    world.clock.advance(1_000);
    expect(await change({ body: { description: "two chairs" } })).toMatchObject({
      status: 200,
      text: first.text,
    });
    expect(await change({ body: { metadata: { unknown: null, sandbox: "lost_capture_x1" } } })).toMatchObject(
      {
        text: first.text,
      },
    );
    expect(await updates()).toHaveLength(1);
  });

  it.each([
    "application/json",
    "application/merge-patch+json",
    "application/merge-patch+json; charset=utf-8",
  ])("takes it as %s", async (type) => {
    const { status, body } = await change({ headers: { "content-type": type }, body: { description: "x" } });
    expect([status, body.description]).toEqual([200, "x"]);
  });

  it.each(["application/json-patch+json", "application/vnd.contra+json", "text/plain", ""])(
    "takes nothing that calls itself %p",
    async (type) => {
      const { status, body } = await change({
        headers: { "content-type": type },
        body: { description: "x" },
      });
      expect([status, body.code]).toEqual([415, "UnsupportedMediaType"]);
      expect(await updates()).toEqual([]);
    },
  );

  it.each([
    ["no body at all", ""],
    ["a list", "[]"],
    ["a member twice", '{"description":"a","description":"b"}'],
    ["a name of metadata twice", '{"metadata":{"__proto__":"a","\\u005f_proto__":"b"}}'],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["65 levels", `{"metadata":${"[".repeat(65)}${"]".repeat(65)}}`],
  ])("refuses %s", async (_, body) => {
    await refused({ body });
  });

  it.each([
    ["a member that nobody knows", { amount: 5 }, ["/amount"]],
    ["null for one", { status: null }, ["/status"]],
    ["a name that every object has", JSON.parse('{"__proto__":{"description":"x"}}'), ["/__proto__"]],
    ["a description of nothing", { description: "" }, ["/description"]],
    ["a description of 501 characters", { description: "d".repeat(501) }, ["/description"]],
    ["a description that is no text", { description: { toString: 0 } }, ["/description"]],
    ["a card number in the description", { description: `pay ${CARD}` }, ["/description"]],
    ["a card number in metadata", { metadata: { note: CARD } }, ["/metadata/note"]],
    ["a card number as a name of metadata", { metadata: { [CARD]: null } }, ["/metadata"]],
    ["a card number as the reference", { reference: CARD }, ["/reference"]],
    ["a lone surrogate", { metadata: { a: "\ud800" } }, ["/metadata/a"]],
    ["metadata that is no object", { metadata: ["a"] }, ["/metadata"]],
    ["a value that is no text", { metadata: { a: { b: "c" } } }, ["/metadata/a"]],
    ["a name of 41 characters, to be taken away", { metadata: { ["k".repeat(41)]: null } }, ["/metadata"]],
    ["a value of 501 characters", { metadata: { a: "v".repeat(501) } }, ["/metadata/a"]],
    ["other orders for the sandbox", { metadata: { sandbox: "refused_capture" } }, ["/metadata/sandbox"]],
    ["to take the orders away", { metadata: { sandbox: null } }, ["/metadata/sandbox"]],
    ["to take all of metadata away with the orders", { metadata: null }, ["/metadata"]],
  ])("refuses %s", async (_, body, pointers) => {
    expect(await refused({ body: JSON.stringify(body) })).toEqual(pointers);
  });

  it("refuses orders for the sandbox where there were none", async () => {
    await begin(await CardSaga.accepted());
    expect(await refused({ body: { metadata: { sandbox: "refused_capture" } } })).toEqual([
      "/metadata/sandbox",
    ]);
    expect((await change({ body: { metadata: null } })).status).toBe(200);
  });

  it("refuses what makes too much of it, and takes as much as there is room for", async () => {
    const names = (count: number, first = 0) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${first + n}`, "v"]));
    expect((await change({ body: { metadata: names(48) } })).status).toBe(200);
    expect(await refused({ body: { metadata: { another: "v" } } })).toEqual(["/metadata"]);
    const nothing = Object.fromEntries(Object.keys(names(48)).map((name) => [name, null]));
    expect((await change({ body: { metadata: { ...nothing, ...names(48, 48) } } })).status).toBe(200);
    await change({
      body: { metadata: Object.fromEntries(Object.keys(names(48, 48)).map((k) => [k, null])) },
    });
    const large = Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`k${n}`, "v".repeat(494)]));
    expect(await refused({ body: { metadata: large } })).toEqual(["/metadata"]);
  });

  it("leaves metadata alone that is from before its bound, while it is not changed", async () => {
    const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, "v".repeat(500)]));
    world.payments.alter(world.payment_id, { metadata });
    expect((await change({ body: { description: "x" } })).status).toBe(200);
    expect(await refused({ body: { metadata: { k0: "w" } } })).toEqual(["/metadata"]);
  });

  it.each(statuses.$defs.status.enum as Status[])("takes it of a payment that is %s", async (status) => {
    world.payments.alter(world.payment_id, { status });
    const { status: code, body } = await change({ body: { description: "late" } });
    expect([code, body.description, body.status]).toEqual([200, "late", status]);
    expect(await updates()).toMatchObject([{ status }]);
  });

  it("moves neither the payment's item nor its trail, nor what the provider gets", async () => {
    const { changed: _, ...before } = await world.payment();
    await change({ body: { description: "x", metadata: { order: "8" } } });
    const { changed, ...after } = await world.payment();
    expect(after).toEqual(before);
    await world.run("authorize-payment");
    await world.run("post-ledger");
    await world.run("capture-payment");
    await world.run("notify-payment");
    expect(world.payments.trail(world.payment_id).map(({ sequence }) => sequence)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(await shown()).toMatchObject({ status: "COMPLETED", version: 7, metadata: { order: "8" } });
    expect(changed?.changes).toBe(1);
  });

  it("is a write of its merchant: it takes a token, and another cell's merchant is sent on", async () => {
    const refusal = RateLimited.by("writes", 1, 1, 1);
    const take = jest.spyOn(world.throttle, "take").mockRejectedValueOnce(refusal);
    expect(await failureOf(changed("x"))).toBe("RateLimited");
    expect(take).toHaveBeenCalledWith("m1");
    take.mockRestore();
    world.elsewhere.add("m1");
    expect((await change({ body: { description: "x" } })).status).toBe(421);
    world.elsewhere.delete("m1");
    const claims = { ...CLAIMS, scope: "payments:read" };
    expect((await change({ body: { description: "x" }, claims })).status).toBe(403);
    expect(await updates()).toEqual([]);
  });

  it("of another merchant's payment is the same to the byte as of none, whatever is sent", async () => {
    const none = "7f0c0d9e-5b52-8d8e-9a53-0d1f4b1c2a3b";
    const claims = { ...CLAIMS, client_id: "m2" };
    for (const sent of [
      { body: { description: "x" } },
      { body: { reference: "mine" } },
      { headers: { "if-match": '"1"' } },
      { headers: { "if-match": '"99"' }, body: { metadata: { sandbox: null } } },
    ]) {
      const theirs = await change({ ...sent, claims });
      const nothing = await change({ ...sent, claims, paymentId: none });
      expect([theirs.status, theirs.text]).toEqual([404, nothing.text]);
      expect(theirs.headers).toEqual(nothing.headers);
    }
    expect(await updates()).toEqual([]);
    expect((await change({ paymentId: "no-id" })).status).toBe(404);
  });
});

describe("If-Match", () => {
  const send = (ifMatch: string, description: string) =>
    change({ headers: { "if-match": ifMatch }, body: { description } });

  it("lets the version through that was read, and no other: 412, and nothing is written", async () => {
    const { version } = await shown();
    expect((await send(`"${version}"`, "a")).status).toBe(200);
    const stale = await send(`"${version}"`, "b");
    expect([stale.status, stale.body.code]).toEqual([412, "VersionDiffers"]);
    expect(stale.body.detail).toContain(`version ${Number(version) + 1}`);
    expect(await shown()).toMatchObject({ description: "a", version: Number(version) + 1 });
    expect((await send(`"${Number(version) + 1}"`, "c")).status).toBe(200);
  });

  it("knows a version that a step made", async () => {
    const { version } = await shown();
    await world.run("authorize-payment");
    expect((await send(`"${version}"`, "a")).status).toBe(412);
  });

  it.each(['W/"2"', '"x"', '"02"', '""', '"2.0"'])("of %s is no version: 412", async (tag) => {
    expect((await shown()).version).toBe(2);
    expect((await send(tag, "a")).status).toBe(412);
  });

  it.each(["*", ' "1" , "2"', 'W/"2", "2"'])("may be %s", async (tags) => {
    expect((await send(tags, "a")).status).toBe(200);
  });

  it.each(["", "2", "'2'", '"2', '"2" "3"', '"2",', "*,*"])("of %p is 400", async (header) => {
    expect(await refused({ headers: { "if-match": header }, body: { description: "a" } })).toEqual([
      "If-Match",
    ]);
  });

  it("is asked again of what others left: the one that came first is not written over", async () => {
    const { version } = await shown();
    const write = world.payments.change.bind(world.payments);
    jest.spyOn(world.payments, "change").mockImplementationOnce(async (payment, next) => {
      await write(payment, { ...next, changed: { ...next.changed, to: { description: "theirs" } } });
      return { outcome: "overtaken" };
    });
    expect((await send(`"${version}"`, "mine")).status).toBe(412);
    expect((await shown()).description).toBe("theirs");
  });
});

describe("a change that meets others", () => {
  it("is merged into what they left", async () => {
    const sent = Array.from({ length: 5 }, (_, n) => change({ body: { metadata: { [`k${n}`]: "v" } } }));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(Object.keys((await shown()).metadata as object).sort()).toEqual(
      ["k0", "k1", "k2", "k3", "k4", "order", "sandbox"].sort(),
    );
    expect((await updates()).map((event) => "change" in event && event.change)).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    ["overtaken every time", async () => ({ outcome: "overtaken" }) as const],
    ["met by a busy store every time", () => Promise.reject(new StoreContention("busy"))],
  ])("is 409 where it is %s, and has been tried six times", async (_, answer) => {
    const tried = jest.spyOn(world.payments, "change").mockImplementation(answer);
    await expect(changed("x")).rejects.toMatchObject({ name: "ChangedMeanwhile", status: 409 });
    expect(tried).toHaveBeenCalledTimes(6);
  });

  it("is lost to nobody where its own answer was: done again it is as it was asked for", async () => {
    const write = world.payments.change.bind(world.payments);
    jest.spyOn(world.payments, "change").mockImplementationOnce(async (payment, next) => {
      await write(payment, next);
      throw new StoreUnavailable("no answer");
    });
    expect(await failureOf(changed("x"))).toBe("StoreUnavailable");
    expect(await changed("x")).toMatchObject({ payment: { description: "x" } });
    expect(await updates()).toHaveLength(1);
  });

  it("is no more than the fiftieth: the next is 409, and one that changes nothing is not", async () => {
    for (let n = 1; n <= MOST_CHANGES; n++)
      expect((await change({ body: { description: `words ${n}` } })).status).toBe(200);
    const { status, body } = await change({ body: { description: "once more" } });
    expect([status, body.code]).toEqual([409, "TooManyChanges"]);
    expect((await change({ body: { description: `words ${MOST_CHANGES}` } })).status).toBe(200);
    expect(await updates()).toHaveLength(MOST_CHANGES);
  });
});

describe("a payment that was erased", () => {
  const erase = async () => {
    const at = new Date(world.clock.now()).toISOString();
    const operation = actOf("erasure", { subject: "mia", requestId: "r" }, at, undefined, {});
    await world.payments.erase(world.payment_id, operation);
  };

  it.each(["before", "after"])("is changed no more, changed %s or not", async (when) => {
    await begin(await CardSaga.after("notify-payment", OWN));
    if (when === "after")
      await change({ body: { description: "more of a person", metadata: { name: "Anna" } } });
    await erase();
    const erased = await shown();
    expect(JSON.stringify(erased)).not.toMatch(/person|Anna|chair/);
    for (const body of [{ description: "back" }, { metadata: { a: "b" } }, { reference: "other" }]) {
      const answer = await change({ body });
      expect([answer.status, answer.body.code]).toEqual([409, "PaymentErased"]);
    }
    expect(await shown()).toEqual(erased);
  });

  it("is not filled again by a change that had read it before", async () => {
    await begin(await CardSaga.after("notify-payment", OWN));
    const write = world.payments.change.bind(world.payments);
    jest.spyOn(world.payments, "change").mockImplementationOnce(async (payment, next) => {
      await erase();
      return write(payment, next);
    });
    expect((await change({ body: { description: "back" } })).body.code).toBe("PaymentErased");
    expect(await shown()).not.toHaveProperty("description");
  });
});

describe("the reference", () => {
  const another = async (reference: string) => {
    const here = world.payment_id;
    const id = await world.accept({ reference }, `key of ${reference}`);
    world.payment_id = here;
    return id;
  };

  it.each(statuses.$defs.status.enum as Status[])(
    "of a payment that is %s: only of one that will never release it",
    async (status) => {
      world.payments.alter(world.payment_id, { status });
      const answer = await change({ body: { reference: "order-8" } });
      if (["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"].includes(status)) {
        expect([answer.status, answer.body.reference]).toEqual([200, "order-8"]);
        return;
      }
      expect(answer.body).toMatchObject({ status: 409, code: "ReferenceFixed", payment_status: status });
      expect(await shown()).toMatchObject({ reference: "order-7" });
    },
  );

  it("is taken while it is free, and the old one is free from then on", async () => {
    await begin(await CardSaga.after("notify-payment", OWN));
    expect((await change({ body: { reference: "order-8" } })).status).toBe(200);
    await another("order-7");
    await expect(another("order-8")).rejects.toMatchObject({ name: "ReferenceTaken" });
    expect(await shown()).toMatchObject({ reference: "order-8" });
  });

  it("of another payment is 409 with that payment, and the rest of the change is not made either", async () => {
    await begin(await CardSaga.after("notify-payment", OWN));
    const holder = await another("order-9");
    const answer = await change({ body: { reference: "order-9", description: "x" } });
    expect(answer.body).toMatchObject({ status: 409, code: "ReferenceTaken", payment_id: holder });
    expect(await shown()).toMatchObject({ reference: "order-7", description: "a chair" });
    expect(await updates()).toEqual([]);
  });
});
