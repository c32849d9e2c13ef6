// The simulated minute: repeatable, bounded by what AWS lets through, losing nothing, and able to
// lose.
import { describe, expect, it } from "@jest/globals";
import { type Minute, simulate } from "../../../../scripts/capacity/simulation/cell.ts";
import { percentile } from "../../../../scripts/capacity/simulation/fleet.ts";
import { Timeline } from "../../../../scripts/capacity/simulation/timeline.ts";
import { TokenBucket } from "../../../../scripts/capacity/simulation/token-bucket.ts";

const minute = (more: Partial<Minute> = {}) =>
  simulate({ profile: "defaults", rate: 200, seed: 1, seconds: 20, ...more });
const OUTAGE = { starts: [{ from: 5, to: 15, factor: 0 }] };

describe("a simulated minute", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(minute({ weather: OUTAGE })).toEqual(minute({ weather: OUTAGE }));
    expect(minute({ seed: 2 }).offered).not.toBe(minute().offered);
  });

  it("brings every payment to its end, about as many as the rate says", () => {
    const { offered, accepted, ended, refused, queued, lost } = minute();
    expect(offered).toBeGreaterThan(3_500);
    expect(offered).toBeLessThan(4_500);
    expect({ accepted, ended, refused, queued, lost }).toEqual({
      accepted: offered,
      ended: offered,
      refused: 0,
      queued: 0,
      lost: 0,
    });
  });

  it("queues what an outage of StartExecution keeps waiting, and loses none of it", () => {
    const { accepted, queued, ended, longestQueue, deadLetters, lost } = minute({ weather: OUTAGE });
    expect(queued).toBeGreaterThan(1_900);
    expect(longestQueue).toBeGreaterThan(1_900);
    expect({ ended, deadLetters, lost }).toEqual({ ended: accepted, deadLetters: 0, lost: 0 });
  });

  it("sends payments to the dead letters when the consumer lets throttled messages fail", () => {
    // An outage that outlasts three receives of a message, each 300 s after the last.
    const weather = { starts: [{ from: 5, to: 700, factor: 0 }] };
    const naive = minute({ rate: 10, weather, patient: false });
    expect(naive.deadLetters).toBeGreaterThan(0);
    expect(naive.ended).toBe(naive.accepted - naive.deadLetters);
    expect(minute({ rate: 10, weather }).deadLetters).toBe(0);
  });

  it("finds by the sweep what SQS did not take either", () => {
    const { swept, ended, accepted, lost } = minute({ weather: { ...OUTAGE, unqueued: 0.1 } });
    expect(swept).toBeGreaterThan(100);
    expect({ ended, lost }).toEqual({ ended: accepted, lost: 0 });
  });

  it("takes longer, and no less, when transitions are slow", () => {
    const busy = { profile: "raised", rate: 700, seconds: 10 } as const;
    const slow = minute({ ...busy, weather: { transitions: [{ from: 0, to: 60, factor: 0.1 }] } });
    expect(slow.ended).toBe(slow.accepted);
    expect(percentile(slow.waits, 0.5)).toBeGreaterThan(2 * percentile(minute(busy).waits, 0.5));
  });

  it("refuses at the gateway what is beyond it, and accepts nothing of that", () => {
    const { offered, refused, accepted, ended } = minute({ rate: 14_000, seconds: 2 });
    expect(refused).toBeGreaterThan(0);
    expect(offered).toBe(accepted + refused);
    expect(ended).toBe(accepted);
  });
});

describe("a token bucket", () => {
  it("gives its size at once and its rate afterwards", () => {
    const bucket = new TokenBucket(10, 5);
    const taken = (now: number) => Array.from({ length: 20 }, () => bucket.take(now)).filter(Boolean).length;
    expect([taken(0), taken(1), taken(2), taken(10)]).toEqual([10, 5, 5, 10]);
  });

  it("gives nothing during an outage, and its rate after it", () => {
    const bucket = new TokenBucket(10, 5, [{ from: 1, to: 3, factor: 0 }]);
    const taken = (now: number) => Array.from({ length: 20 }, () => bucket.take(now)).filter(Boolean).length;
    expect([taken(0), taken(1), taken(2.9), taken(4)]).toEqual([10, 0, 0, 5]);
  });

  it("lends what it does not have, for as long as it takes to come in", () => {
    const bucket = new TokenBucket(1, 2, [{ from: 1, to: 2, factor: 0.5 }]);
    expect([bucket.reserve(0), bucket.reserve(0), bucket.reserve(0)]).toEqual([0, 0.5, 1]);
    expect([bucket.reserve(0), bucket.reserve(0)]).toEqual([2, 2.5]);
  });
});

describe("a timeline", () => {
  it("runs what was planned in the order of time, and equal times in the order of planning", () => {
    const timeline = new Timeline();
    const ran: string[] = [];
    for (const [at, name] of [
      [3, "c"],
      [1, "a"],
      [2, "b1"],
      [2, "b2"],
      [9, "never"],
    ] as const)
      timeline.plan(at, () => ran.push(`${name}@${timeline.now}`));
    timeline.plan(1, () => timeline.after(1, () => ran.push("b3")));
    timeline.runUntil(5);
    expect(ran).toEqual(["a@1", "b1@2", "b2@2", "b3", "c@3"]);
    expect(timeline.isEmpty).toBe(false);
  });

  it("plans nothing before now", () => {
    const timeline = new Timeline();
    const ran: number[] = [];
    timeline.plan(2, () => timeline.plan(1, () => ran.push(timeline.now)));
    timeline.runUntil(5);
    expect(ran).toEqual([2]);
  });
});
