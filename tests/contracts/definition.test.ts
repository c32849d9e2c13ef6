// The definition of the sagas is the only place that knows a step: whatever is added to it, every
// other table follows by itself, and an entry that lacks what its kind owes is refused.
import { describe, expect, it } from "@jest/globals";
import { attributesOfBegun } from "../../functions/lib/adapters/dynamodb/conditions.ts";
import { effectsOf } from "../../functions/lib/domain/open-effects.ts";
import { postersIn } from "../../functions/lib/domain/overdue-journals.ts";
import { markAttributesOf, type PaymentRecord, unmarked } from "../../functions/lib/domain/payment.ts";
import { convertingOperations } from "../../functions/lib/domain/provider-fact.ts";
import { disagreementsIn } from "../../functions/lib/domain/reconciliation.ts";
import { type SagaStep, saga, sagas } from "../../functions/lib/domain/saga.ts";
import {
  askingSteps,
  CARD,
  PROVIDER_OF,
  pivotsOf,
  providersByOperation,
  providersByRail,
  RAILS,
  resultsOf,
  SAGAS,
  STABLECOIN,
  type Step,
  stepsOf,
  undoneBy,
} from "../../functions/lib/domain/saga-definition.ts";
import { transitOf } from "../../functions/lib/domain/value-in-transit.ts";
import { statesToRepeat } from "../../functions/sweep-payments/redrive-parked.ts";
import { trailRules } from "../../functions/verify-integrity/trail.ts";
import { lastEvents } from "../../functions/verify-integrity/verify-integrity.ts";
import { IMAGINED, NOTIFY, OPENING, RESERVE, SHIP } from "../support/imagined-saga.ts";
import { machines } from "./rules/machine.ts";
import { manifest } from "./rules/manifest.ts";
import { rolesOf } from "./rules/roles.ts";
import { jsonOf, type Source, sourcesBelow } from "./rules/source-tree.ts";

const ALL = sagas(IMAGINED);

const SENTENCES = {
  open: {
    "authorize-payment": "held",
    "post-ledger": "posted",
    "reserve-goods": "reserved",
    "ship-goods": "shipped",
  },
  doubt: { "ship-goods": "perhaps shipped" },
};
const WORDS = {
  "authorize-payment": { did: "holds", outcome: "hold", undid: "released", undone: "voided" },
  "reserve-goods": { did: "reserved", outcome: "reservation", undid: "freed", undone: "released" },
  "ship-goods": { did: "shipped", outcome: "shipment" },
};
const disagreements = (more: object): string[] =>
  disagreementsIn(IMAGINED, WORDS)({ status: "FAILED", marks: unmarked(), ...more } as PaymentRecord);
const told = (operation: string, state = "succeeded") => ({
  [operation]: { operation, state, id: "id_1", at: "2026-01-01T00:00:00.000Z" },
});

describe("a step that is added to the definition is known at once to", () => {
  it.each<[string, () => unknown, unknown]>([
    [
      "the steps of its rail",
      () => stepsOf(ALL).card,
      [
        "validate-payment",
        "reserve-goods",
        "authorize-payment",
        "post-ledger",
        "ship-goods",
        "notify-payment",
      ],
    ],
    [
      "the results that payments show",
      () => resultsOf(ALL),
      expect.objectContaining({ "reserve-goods": "reservation_id", "ship-goods": "shipment_id" }),
    ],
    ["the pivots", () => pivotsOf(ALL), { card: "ship-goods" }],
    [
      "the operations that steps ask for",
      () => askingSteps(ALL),
      { authorize: "authorize-payment", reserve: "reserve-goods", ship: "ship-goods" },
    ],
    [
      "the operations that undos ask for",
      () => undoneBy(ALL),
      { void: "authorize-payment", release: "reserve-goods" },
    ],
    [
      "the providers that are asked",
      () => providersByOperation(ALL),
      expect.objectContaining({ reserve: "warehouse", release: "warehouse", ship: "carrier" }),
    ],
    [
      "the providers, and so the switches, of its rail",
      () => providersByRail(ALL),
      { card: ["warehouse", PROVIDER_OF.authorize, "carrier"] },
    ],
    ["the facts that state an amount", () => convertingOperations(ALL), ["reserve", "release"]],
    [
      "the marks in the payments table",
      () => markAttributesOf(stepsOf(ALL).card as Step[]).map(({ attribute }) => attribute),
      expect.arrayContaining(["intent_reserve_goods", "undone_reserve_goods", "tombstone_ship_goods"]),
    ],
    [
      "the conditions of a step that decides",
      () => attributesOfBegun(ALL)["reserve-goods"],
      ["intent_reserve_goods", "reservation_id"],
    ],
    [
      "the effects that must be undone",
      () => effectsOf(IMAGINED, SENTENCES, "first").map(({ step, when }) => [step, when]),
      [
        ["ship-goods", "done"],
        ["ship-goods", "begun, not forbidden"],
        ["post-ledger", "done, not undone"],
        ["authorize-payment", "begun, not undone"],
        ["reserve-goods", "begun, not undone"],
      ],
    ],
    [
      "the comparison with its provider",
      () => disagreements({ facts: told("reserve") }),
      ["the provider reserved id_1, and the payment is FAILED"],
    ],
    [
      "the comparison of its undo",
      () => disagreements({ shipment_id: "s_1", facts: told("release") }),
      [
        "the provider freed what the payment shows as shipped",
        "the provider freed what the payment does not show as released",
      ],
    ],
    ["the value in transit", () => transitOf(ALL), { purchase: RESERVE, payout: SHIP }],
    [
      "the events that a trail owes",
      () => trailRules(IMAGINED).due,
      expect.arrayContaining([
        { event: "payment.reserved", result: "reservation_id" },
        { event: "payment.goods_released", undone: "reserve-goods" },
        { event: "payment.completed", result: "shipment_id" },
      ]),
    ],
    [
      "the journals that a trail promises",
      () => trailRules(IMAGINED).journals,
      expect.objectContaining({
        "payment.reserved": { step: "reserve-goods", mayBeEmpty: false },
        "payment.goods_released": { step: "release-goods", mayBeEmpty: true },
      }),
    ],
    [
      "the journals that a payment may have in the books",
      () =>
        postersIn(IMAGINED)({
          reservation_id: "r_1",
          fee: 1n,
          marks: { ...unmarked(), undone: { "reserve-goods": 1 } },
        } as unknown as PaymentRecord),
      ["reserve-goods", "release-goods", "post-ledger"],
    ],
    ["the step that shows a payment as validated", () => trailRules(IMAGINED).second, "reserve-goods"],
    [
      "the events that end a trail",
      () => lastEvents(sagas(saga("card", [OPENING, SHIP, { ...NOTIFY, event: "payment.posted" }]))),
      ["payment.posted", "payment.failed", "payment.canceled"],
    ],
    [
      "the states that only have to ask again",
      () => [...statesToRepeat(ALL)],
      [
        ["ReleaseGoods", "release"],
        ["ResolveGoods", "reserve"],
        ["VoidAuthorization", "void"],
        ["ReverseLedger", undefined],
        ["ResolveShipment", "ship"],
        ["FailPayment", undefined],
      ],
    ],
    [
      "the roles of its machine",
      () => [...rolesOf(IMAGINED)].filter(([fn]) => fn.endsWith("-goods")),
      [
        ["release-goods", { role: "undo", next: "FailPayment" }],
        [
          "reserve-goods",
          {
            role: "compensatable",
            doubt: "ResolveGoods",
            withdrawn: "ResolveShipment",
            clear: "FailPayment",
            own: "ReleaseGoods",
            next: "AuthorizePayment",
          },
        ],
        [
          "resolve-goods",
          { role: "resolve", clear: "ReleaseGoods", again: undefined, next: "AuthorizePayment" },
        ],
        [
          "ship-goods",
          {
            role: "pivot",
            doubt: "ResolveShipment",
            withdrawn: "ResolveShipment",
            clear: "ReverseLedger",
            next: "NotifyPayment",
          },
        ],
      ],
    ],
  ])("%s", (_, derived, expected) => {
    expect(derived()).toEqual(expected);
  });
});

describe("a step that is added is refused", () => {
  it("when its entry lacks what its kind owes", () => {
    const { result: _, ...nowhere } = RESERVE;
    expect(() => saga("card", [OPENING, nowhere, SHIP, NOTIFY])).toThrow("reserve-goods lacks result");
  });

  it("when what is said of an open effect, or of what a provider did, is missing", () => {
    expect(() => effectsOf(IMAGINED, { open: {}, doubt: {} }, "first")).toThrow("nothing is said of an open");
    expect(() => disagreementsIn(IMAGINED, {})).toThrow("nothing is said of what a provider does");
  });

  it("when value enters transit on two rails, or on none", () => {
    expect(() => transitOf([IMAGINED, STABLECOIN])).toThrow("2 sagas hold value in transit");
    expect(() => transitOf([CARD])).toThrow("0 sagas hold value in transit");
  });
});

describe("the definition", () => {
  it("has one saga, and one machine, for each rail that a payment may name", () => {
    const { rail } = jsonOf<{ $defs: { rail: { enum: string[] } } }>("schemas/common/types.json").$defs;
    expect([...RAILS].sort()).toEqual([...rail.enum].sort());
    expect([...machines.keys()].sort()).toEqual(RAILS.map((name) => `${name}-payment`).sort());
  });

  const operations = Object.keys(providersByOperation(SAGAS)).sort();

  it("names the operations that the schemas let operators speak of", () => {
    type Common = { $defs: { learned: { properties: { operation: { enum: string[] } } } } };
    const { learned } = jsonOf<Common>("schemas/common/types.json").$defs;
    expect([...learned.properties.operation.enum].sort()).toEqual(operations);
  });

  it("names no provider for a function that the manifest keeps from providers", () => {
    const asking = SAGAS.flatMap((one): readonly SagaStep[] => one.steps).flatMap(
      ({ step, undo, resolve, provider }) =>
        provider ? [step, ...(resolve ? [resolve] : []), ...(provider.undoes && undo ? [undo] : [])] : [],
    );
    expect(asking.length).toBeGreaterThan(0);
    expect(asking.filter((name) => manifest.functions[name]?.provider !== true)).toEqual([]);
  });

  // Sentences for people and postings may be listed by step: the compiler demands one for each, or
  // knows the name.
  const allowed = [
    "saga-definition",
    "open-effects",
    "reconciliation",
    "card-journals",
    "conversion-journals",
  ];

  /** Files that list three functions of a saga or more as strings. */
  const listing = (sources: Source[]): string[] => {
    const names = SAGAS.flatMap((one): readonly SagaStep[] => one.steps).flatMap(
      ({ step, undo, resolve }) => [step, ...(undo ? [undo] : []), ...(resolve ? [resolve] : [])],
    );
    return sources
      .filter(({ text }) => new Set(names.filter((name) => text.includes(`"${name}"`))).size >= 3)
      .map(({ path }) => path);
  };

  it("is the only list of steps in the product", () => {
    const product = sourcesBelow("functions").filter(({ path }) => !path.includes("/contracts/"));
    expect(
      listing(product).filter((path) => !allowed.some((name) => path === `functions/lib/domain/${name}.ts`)),
    ).toEqual([]);
    const second = { path: "a.ts", text: `["on-ramp", "off-ramp", "post-ledger"]` };
    expect(listing([second as Source])).toEqual(["a.ts"]);
  });
});
