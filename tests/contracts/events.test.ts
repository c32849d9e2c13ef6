// One schema per event type and version, and no rule or filter that silently matches nothing: event
// type `x.v1`, pattern `x` is the trap.
import { basename } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { journalItem } from "../../functions/lib/adapters/dynamodb/journal-writes.ts";
import {
  changedItem,
  eventItem,
  newPaymentItem,
  paymentKey,
} from "../../functions/lib/adapters/dynamodb/payment-item.ts";
import { EVENT_CONTRACTS, eventViolations } from "../../functions/lib/contracts/event-contract.ts";
import { detailType, type PaymentEvent } from "../../functions/lib/contracts/event-types.ts";
import { changeOf } from "../../functions/lib/domain/change.ts";
import { EVENT_SOURCE, EVENT_VERSION, eventOf } from "../../functions/lib/domain/events.ts";
import { depositJournal } from "../../functions/lib/domain/journal.ts";
import { compilePattern } from "../../scripts/local/common/event-pattern.ts";
import { withNames } from "../../scripts/local/common/messaging-catalog.ts";
import { statusChange as announcedChange } from "../../scripts/local/step-functions/announcer.ts";
import { deployedName } from "../../scripts/local/step-functions/arns.ts";
import type { ExecutionRow } from "../../scripts/local/step-functions/store.ts";
import { acceptanceFor } from "../support/conformance/fixtures.ts";
import { type Manifest, manifest } from "./rules/manifest.ts";
import { filesBelow, jsonOf, textOf } from "./rules/source-tree.ts";

type Member = { const?: unknown; $ref?: string };
type EventSchema = {
  title: string;
  required: string[];
  additionalProperties: boolean;
  properties: Record<string, Member>;
};

const schemas = filesBelow("schemas/events", /\.json$/).map((path): [string, EventSchema] => [
  basename(path, ".json"),
  jsonOf<EventSchema>(path),
]);
/**
 * The types of the union, by their titles. A type leaves nothing at run time, so the source is
 * read.
 */
const unions = textOf("functions/lib/contracts/event-types.ts").matchAll(/export type \w+Event =([^;]+);/g);
const titles = [...unions].flatMap(([, union = ""]) => union.match(/\w+V\d+/g) ?? []);

/** `payment.authorized.v1` as type and version. */
function parse(name: string): { type: string; version: number } {
  const [, type = "", version = ""] = /^(payment\.[a-z_]+)\.v(\d+)$/.exec(name) ?? [];
  return { type, version: Number(version) };
}

describe.each(schemas)("the schema %s", (name, schema) => {
  it("is of the type and version that its file is named for", () => {
    const { type, version } = parse(name);
    expect(detailType({ type, version })).toBe(name);
    expect(new Map(Object.entries(EVENT_CONTRACTS)).get(name)?.title).toBe(schema.title);
    expect(schema.properties.type).toEqual({ const: type });
    expect(schema.properties.version).toEqual({ const: version });
  });

  it("has the envelope that every event has, closed to unknown members", () => {
    const [, first] = schemas[0] ?? [];
    const envelope = ({ properties }: EventSchema) => {
      const {
        event_id: _,
        type,
        version,
        status,
        data,
        sequence,
        change,
        after_sequence,
        ...shared
      } = properties;
      return {
        shared,
        numbers: Object.keys({ sequence, change, after_sequence }).filter((n) => n in properties),
      };
    };
    expect(envelope(schema).shared).toEqual(first && envelope(first).shared);
    // A change has a number of its own, and no place in the saga's sequence.
    const numbers = name === "payment.updated.v1" ? ["change", "after_sequence"] : ["sequence"];
    expect(envelope(schema).numbers).toEqual(numbers);
    if (name !== "payment.updated.v1") expect(schema.properties.sequence).toEqual(first?.properties.sequence);
    expect([...schema.required].sort()).toEqual(Object.keys(schema.properties).sort());
    expect(schema.additionalProperties).toBe(false);
  });

  it("is of an event that the domain knows", () => {
    expect(titles).toContain(schema.title);
  });
});

describe("an event of the domain", () => {
  it("has its schema", () => {
    expect(titles.length).toBeGreaterThan(5);
    expect(titles.filter((title) => !schemas.some(([, schema]) => schema.title === title))).toEqual([]);
  });

  it("has a schema of the version that is written", () => {
    const types = new Set(schemas.map(([name]) => parse(name).type));
    const written = [...types].map((type) => detailType({ type, version: EVENT_VERSION }));
    expect(written.filter((name) => !schemas.some(([file]) => file === name))).toEqual([]);
  });

  it("is refused when no schema knows its type or version", () => {
    const { event } = acceptanceFor({ key: "an event" });
    expect(eventViolations(event)).toEqual([]);
    expect(eventViolations({ ...event, type: "payment.vanished" })).toHaveLength(1);
    expect(eventViolations({ ...event, version: 2 })).toHaveLength(1);
  });
});

/**
 * What Step Functions says on the account's own bus of an execution of the machine, in the local
 * engine's words.
 */
const statusChange = (machine: string, status: string) => {
  const at = {
    arn: "a",
    name: "n",
    version: 1,
    alias: null,
    input: "{}",
    output: null,
    error: null,
    cause: null,
  };
  const when = { started_at: 0, stopped_at: 1, deadline: null, redrives: 0, redriven_at: null };
  const row = { id: 1, ...at, ...when, machine, status, progress: "{}", last_event: 1 };
  const entry = JSON.parse(announcedChange(row as ExecutionRow));
  return {
    bus: entry.EventBusName as string,
    source: entry.Source as string,
    "detail-type": entry.DetailType as string,
    detail: JSON.parse(entry.Detail) as Record<string, unknown>,
  };
};

/** An event of each type as it comes by the bus, and the failure of every machine. */
const onTheBus = [
  ...schemas.map(([name]) => ({
    bus: "events",
    source: EVENT_SOURCE,
    "detail-type": detailType(parse(name)),
    detail: { payment_id: "1", merchant_id: "m1", ...parse(name) },
  })),
  ...Object.keys(manifest.machines).flatMap((machine) =>
    ["FAILED", "TIMED_OUT", "ABORTED"].map((status) => statusChange(deployedName(machine), status)),
  ),
];

type Rule = Manifest["rules"][string];
function matcherOf({ bus, pattern }: Rule, name: string) {
  const fits = compilePattern(withNames(pattern), name);
  return (event: { bus: string }) => event.bus === bus && fits(event);
}

/** Rules that no event reaches, and events that no rule takes. */
function lost(rules: Manifest["rules"]): string[] {
  const compiled = Object.entries(rules).map(([name, rule]) => ({
    name,
    matches: matcherOf(rule, name),
  }));
  return [
    ...compiled.filter(({ matches }) => !onTheBus.some(matches)).map(({ name }) => `rule ${name}`),
    ...onTheBus
      .filter((event) => !compiled.some(({ matches }) => matches(event)))
      .map((event) => event["detail-type"]),
  ];
}

describe("a rule", () => {
  it("reaches some event, and every event reaches a rule", () => {
    expect(lost(manifest.rules)).toEqual([]);
  });

  it.each([
    ["a type without its version", { "detail-type": ["payment.authorized"] }],
    ["another source", { source: ["contra.payment"] }],
  ])("is caught when it matches %s", (_, pattern) => {
    const rule = { description: "A rule.", bus: "events", pattern, queue: "integrity" };
    expect(lost({ ...manifest.rules, late: rule })).toEqual(["rule late"]);
  });

  it("is missed by the events of a rule that is too narrow", () => {
    const rule = {
      description: "A rule.",
      bus: "events",
      pattern: { "detail-type": ["payment.failed.v1"] },
      queue: "integrity",
    };
    const ofFailures = Object.keys(manifest.machines).length * 3;
    expect(lost({ ...manifest.rules, integrity: rule })).toHaveLength(onTheBus.length - ofFailures - 1);
  });

  it("hears of an execution that failed, and of no other's nor of one that did not", () => {
    const failures = manifest.rules["saga-failures"];
    if (!failures) throw new Error("there is no rule saga-failures");
    const hears = (machine: string, status: string) =>
      matcherOf(failures, "saga-failures")(statusChange(machine, status));
    const [machine = ""] = Object.keys(manifest.machines).map(deployedName);
    expect(["FAILED", "TIMED_OUT", "ABORTED"].map((status) => hears(machine, status))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["RUNNING", "SUCCEEDED", "PENDING_REDRIVE"].map((status) => hears(machine, status))).toEqual([
      false,
      false,
      false,
    ]);
    expect(hears(`other-${machine}`, "FAILED")).toBe(false);
  });

  it("leaves what is not ours alone", () => {
    const foreign = {
      source: "aws.states",
      "detail-type": "Step Functions Execution Status Change",
      detail: {},
    };
    const patterns = Object.values(manifest.rules).filter(({ bus }) => bus === "events");
    expect(patterns.some(({ pattern }) => compilePattern(pattern, "rule")(foreign))).toBe(false);
  });
});

/** A stream's record, as the event source's filter sees it. */
const record = (eventName: string, item: Record<string, unknown>) => ({
  eventName,
  dynamodb: { Keys: { pk: item.pk, sk: item.sk }, NewImage: item },
});
const filterOf = (name: string) => compilePattern(manifest.functions[name]?.stream?.filter, name);

describe("a stream's filter", () => {
  const { payment, event } = acceptanceFor({ key: "a stream" });
  const later: PaymentEvent = eventOf(payment, { type: "payment.notified", data: {} });
  const journal = journalItem(depositJournal("d1", "m1", "a1", 5n, "EUR"), payment.created_at);

  it("lets events through to the relay, and nothing that is written beside them", () => {
    const relayed = filterOf("relay-events");
    const change = changeOf(payment, { description: "x" }, 0);
    const told = [event, later, change.event];
    expect(told.map((one) => relayed(record("INSERT", eventItem(one))))).toEqual([true, true, true]);
    expect(relayed(record("INSERT", changedItem(payment.payment_id, change.changed)))).toBe(false);
    expect(relayed(record("MODIFY", eventItem(event)))).toBe(false);
    expect(relayed(record("INSERT", newPaymentItem(payment)))).toBe(false);
    const metadata = { pk: { S: paymentKey(payment.payment_id) }, sk: { S: "METADATA" } };
    expect(relayed(record("INSERT", metadata))).toBe(false);
  });

  it("lets journals through to the fold, and not the marks that the fold itself writes", () => {
    const folded = filterOf("fold-balances");
    expect(folded(record("INSERT", journal))).toBe(true);
    expect(folded(record("INSERT", { ...journal, sk: { S: "FOLD" } }))).toBe(false);
    expect(folded(record("INSERT", { ...journal, sk: { S: "BALANCE#EUR" } }))).toBe(false);
  });
});
