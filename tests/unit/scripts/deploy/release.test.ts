import { describe, expect, it } from "@jest/globals";
import {
  deployed,
  deploying,
  destinationOf,
  goingBack,
  goneBack,
  isSame,
  NoWayBack,
  type Release,
} from "../../../../scripts/deploy/release.ts";

const release = (version: string): Release => ({
  functions: { "accept-payment": version },
  machines: { "card-payment": version },
});
const [one, two, three] = [release("1"), release("2"), release("3")];
const secondRuns = deployed(deploying(deployed(deploying({}), one)), two);

describe("the record of releases", () => {
  it("remembers the release before the one that was deployed", () => {
    expect(secondRuns).toEqual({ phase: "deployed", stable: two, previous: one });
  });

  it("keeps the way back when the same release is deployed again", () => {
    expect(deployed(deploying(secondRuns), two)).toEqual(secondRuns);
  });

  it("knows a release by every version in it", () => {
    expect(isSame(one, release("1"))).toBe(true);
    expect(isSame(one, { ...one, machines: { "card-payment": "2" } })).toBe(false);
    expect(isSame(one, { ...one, functions: {} })).toBe(false);
  });
});

describe("going back", () => {
  it("leads to the release before once a deploy has ended", () => {
    expect(destinationOf(goingBack(secondRuns))).toEqual(one);
  });

  it("leads to the stable release while a deploy has not ended", () => {
    expect(destinationOf(goingBack(deploying(secondRuns)))).toEqual(two);
  });

  it("leads to the same release when it is asked for again half-way, or after", () => {
    const begun = goingBack(secondRuns);
    expect(goingBack(begun)).toEqual(begun);
    expect(destinationOf(goingBack(goneBack(begun)))).toEqual(one);
  });

  it("leads nowhere in a stack that has one release", () => {
    expect(() => goingBack(deployed(deploying({}), one))).toThrow(NoWayBack);
    expect(() => goingBack(deploying({}))).toThrow(NoWayBack);
    expect(() => goingBack({})).toThrow(NoWayBack);
  });
});

describe("a deploy after a way back", () => {
  it("falls back on the release that was gone back to", () => {
    const record = deployed(deploying(goneBack(goingBack(secondRuns))), three);
    expect(record).toEqual({ phase: "deployed", stable: three, previous: one });
  });

  it("falls back on it also where that way back never ended", () => {
    expect(destinationOf(goingBack(deploying(goingBack(secondRuns))))).toEqual(one);
  });

  it("falls back on the stable release where a deploy was being left", () => {
    expect(destinationOf(goingBack(deploying(goingBack(deploying(secondRuns)))))).toEqual(two);
  });
});
