// Bodies that are made to cost: the work for each grows with its bytes, and with nothing else. It
// is measured as time of the processor, because a busy machine is slow and not wrong.
import { describe, expect, it } from "@jest/globals";
import { readRequest } from "../../../functions/accept-payment/payment-request.ts";
import { problemFor } from "../../../functions/lib/runtime/problem.ts";
import { assertJson, MAX_BODY_BYTES, objectIn, textOf } from "../../../functions/lib/runtime/request-body.ts";
import { USER } from "../../support/card-saga.ts";

/** Milliseconds. A body of the largest size that costs by its square takes seconds. */
const MOST_CPU = 600;

/** `entry` as often as the largest body takes it, each with its number. */
const many = (entry: (at: number) => string, length: number): string =>
  Array.from({ length: Math.floor((MAX_BODY_BYTES - 2_000) / length) }, (_, at) => entry(at)).join();
const five = (at: number): string => String(at).padStart(5, "0");
const card = `"amount":5,"currency":"EUR","user_id":"${USER}"`;

const BODIES: [string, string][] = [
  ["unknown members", `{${many((at) => `"x${five(at)}":0`, 11)}}`],
  ["unknown members of a card payment", `{${card},${many((at) => `"x${five(at)}":0`, 11)}}`],
  ["one name", `{${many(() => '"a":0', 6)}}`],
  ["one name, 60 deep", `${'{"aaaaaaaaaaaa":'.repeat(60)}{${many(() => '"b":0', 6)}}${"}".repeat(60)}`],
  ["numbers that are not kept", `{"a":[${many(() => "1e999", 6)}]}`],
  ["one number", `{"a":${"1".repeat(MAX_BODY_BYTES - 100)}}`],
  ["brackets", `{"a":${"[".repeat(60_000)}${"]".repeat(60_000)}}`],
  ["escapes", `{"a":"${"\\u0061".repeat(21_000)}"}`],
  ["metadata of the wrong type", `{${card},"metadata":{${many((at) => `"x${five(at)}":0`, 11)}}}`],
  [
    "metadata that looks like cards",
    `{${card},"metadata":{${many((at) => `"k${five(at)}":"4 1 1 1-"`, 20)}}}`,
  ],
  ["names that look like cards", `{${card},${many((at) => `"4111 1111 ${five(at)}":0`, 20)}}`],
  ["a reference of digits", `{${card},"reference":"${"4".repeat(MAX_BODY_BYTES - 200)}"}`],
];

/** Milliseconds of the processor. */
function cost(run: () => void): number {
  const began = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

describe("a body of the largest size", () => {
  it.each(BODIES)("is refused without much work: %s", (_, text) => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_BODY_BYTES);
    let refused: unknown;
    const spent = cost(() => {
      try {
        readRequest(objectIn(textOf(Buffer.from(text), {})), "key", { takesOrders: true, now: 0 });
      } catch (error) {
        refused = problemFor(error, "/payments", "r");
      }
    });
    expect(refused).toMatchObject({ statusCode: 400 });
    expect(spent).toBeLessThan(MOST_CPU);
  });
});

describe("a content type as long as a header may be", () => {
  it.each([
    `application/${"+".repeat(10_000)}`,
    `application/json${" ".repeat(10_000)}x`,
    `application/json${" ;".repeat(5_000)}x`,
    `application/json;${"charset=".repeat(1_200)}`,
    `application/json;${'charset="utf-8";'.repeat(600)}`,
  ])("is read without much work: %#", (type) => {
    const spent = cost(() => {
      try {
        assertJson({ "content-type": type });
      } catch (error) {
        expect(error).toMatchObject({ name: "UnsupportedMediaType" });
      }
    });
    expect(spent).toBeLessThan(50);
  });
});
