// Why an operator does something: demanded where the deployment demands it, of acts by hand and of
// nothing else.
import { describe, expect, it } from "@jest/globals";
import type * as Http from "../../../../functions/lib/runtime/http.ts";
import { coldStart } from "../../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../../support/http-event.ts";

const ACTS = [
  "POST /accounts/{account_id}/deposits",
  "POST /approvals/{approval_id}",
  "POST /sagas/{payment_id}/redrive",
  "POST /payments/{payment_id}/erase",
];
const OTHERS = ["POST /payments", "POST /accounts", "GET /operations", "GET /integrity/report"];

function statusOf(policy: object, route: string, body: unknown) {
  const http = coldStart<typeof Http>("lib/runtime/http.ts", { CONTRA_POLICY: JSON.stringify(policy) });
  const handler: Handler = { handler: http.httpHandler({ [route]: async () => http.answer(200, {}) }) };
  return call(handler, request(route, { body, claims: { ...CLAIMS, scope: `${CLAIMS.scope} ops` } }));
}

describe("a deployment that demands reasons", () => {
  const policy = { reason_required: true };

  it.each(ACTS)("refuses %s without one, and takes it with one", async (route) => {
    for (const body of [{}, { reason: "" }, { reason: " " }])
      expect(await statusOf(policy, route, body)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: "/reason" }] },
      });
    expect((await statusOf(policy, route, { reason: "wire 4711" })).status).toBe(200);
  });

  it.each(OTHERS)("leaves %s as it is", async (route) => {
    expect((await statusOf(policy, route, {})).status).toBe(200);
  });
});

it.each(ACTS)("a deployment that demands none takes %s without one", async (route) => {
  expect((await statusOf({}, route, {})).status).toBe(200);
});
