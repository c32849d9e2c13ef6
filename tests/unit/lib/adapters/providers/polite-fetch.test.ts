// A 429 with its time is waited for, within the call's deadline; everything else is the answer.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { politely } from "../../../../../functions/lib/adapters/providers/polite-fetch.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

const WITHIN = 8_000;
let clock: ManualClock;
let began: number;
beforeEach(() => {
  clock = new ManualClock();
  began = clock.now();
});
const tooMany = (after?: string) =>
  new Response("{}", { status: 429, ...(after === undefined ? {} : { headers: { "retry-after": after } }) });

/** What the last answer is, after how many requests, and how many milliseconds were waited. */
async function sent(...answers: Response[]) {
  let requests = 0;
  const send = async () => answers[Math.min(requests++, answers.length - 1)] as Response;
  const { status } = await politely(send, clock, WITHIN);
  return { status, requests, waited: clock.now() - began };
}

describe("a request that came too soon", () => {
  it("is sent again when the provider said", async () => {
    const fine = new Response("{}", { status: 201 });
    expect(await sent(tooMany("2"), fine)).toEqual({ status: 201, requests: 2, waited: 2_000 });
  });

  it("is sent three times at most", async () => {
    expect(await sent(tooMany("1"))).toEqual({ status: 429, requests: 3, waited: 2_000 });
  });

  it.each([
    ["is longer than half of the call's time", "5"],
    ["is a date", "Tue, 01 Dec 2026 04:00:00 GMT"],
    ["is no number", "soon"],
    ["is missing", undefined],
  ])("is answered as it is where the time %s", async (_, after) => {
    expect(await sent(tooMany(after))).toEqual({ status: 429, requests: 1, waited: 0 });
  });
});

it("waits for no other answer, whatever it says", async () => {
  const down = new Response("{}", { status: 503, headers: { "retry-after": "1" } });
  expect(await sent(down)).toEqual({ status: 503, requests: 1, waited: 0 });
});
