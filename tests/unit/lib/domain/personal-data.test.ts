// What is personal leaves an answer and comes back to it in its place; what was erased leaves no
// hash that a guess could be tried on.
import { describe, expect, it } from "@jest/globals";
import { fingerprintOf } from "../../../../functions/lib/domain/idempotency.ts";
import {
  differencesFrom,
  erasedAnswer,
  erasedFingerprint,
  isIncomplete,
  isSameBody,
  withoutPersonal,
  withPersonal,
} from "../../../../functions/lib/domain/personal-data.ts";

const personal = { user_id: "u-1", metadata: { b: "2", a: "1", "10": "x", "9": "y" } };
const whole = JSON.stringify({ payment_id: "p", ...personal, status: "PENDING" });

describe("an answer", () => {
  it("is kept without what is personal, and is the same bytes again with it", () => {
    const kept = withoutPersonal(whole);
    expect(kept).toBe('{"payment_id":"p","user_id":null,"metadata":null,"status":"PENDING"}');
    expect([whole, kept].map(isIncomplete)).toEqual([false, true]);
    expect(withPersonal(kept, personal)).toBe(whole);
  });

  it("that was kept whole, as older ones are, is answered as it is", () => {
    expect(withPersonal(whole, {})).toBe(whole);
  });

  it.each(['{ "a":1,  "b":"ü\\u00fc" }', '{"note":"\\"user_id\\": null"}', "no JSON at all"])(
    "that has nothing personal stays as it is: %s",
    (answer) => {
      expect([withoutPersonal(answer), withPersonal(answer, personal), erasedAnswer(answer)]).toEqual([
        answer,
        answer,
        answer,
      ]);
      expect(isIncomplete(answer)).toBe(false);
    },
  );

  it("is erased however it was kept, and what is erased meanwhile is absent", () => {
    const without = '{"payment_id":"p","status":"PENDING"}';
    expect(erasedAnswer(whole)).toBe(without);
    expect(erasedAnswer(withoutPersonal(whole))).toBe(without);
    expect(withPersonal(withoutPersonal(whole), {})).toBe(without);
  });
});

describe("the fingerprint of a body", () => {
  const body = { amount: 1, ...personal };
  const first = fingerprintOf(body);
  const erased = erasedFingerprint(first);

  it("keeps no hash of what was erased, nor one of the whole that contains it", () => {
    expect(erased).toEqual({ members: { amount: first.members.amount } });
  });

  it("is compared whole while nothing is erased", () => {
    expect(isSameBody(first, fingerprintOf({ ...body, user_id: "u-2" }))).toBe(false);
    expect(differencesFrom(first, fingerprintOf({ ...body, user_id: "u-2" }))).toEqual(["user_id"]);
  });

  it("is compared by everything else once something is", () => {
    expect(isSameBody(erased, fingerprintOf(body))).toBe(true);
    expect(isSameBody(erased, fingerprintOf({ ...body, amount: 2, user_id: "u-2" }))).toBe(false);
    expect(differencesFrom(erased, fingerprintOf({ ...body, amount: 2, user_id: "u-2" }))).toEqual([
      "amount",
    ]);
    expect(differencesFrom(erased, fingerprintOf({ ...body, reference: "new" }))).toEqual(["reference"]);
  });
});
