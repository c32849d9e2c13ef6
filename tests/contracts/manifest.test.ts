// The manifest is the list: of folders, triggers, names, times and rights. What it says and what
// the code does must agree.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import { RAILS, type Switch, switchNames } from "../../functions/lib/domain/saga-definition.ts";
import { scopesOf } from "../../functions/lib/runtime/routes.ts";
import { routeFinder } from "../../scripts/local/api-gateway/routes.ts";
import { codeOfFunction } from "./rules/function-code.ts";
import { machines, taskOf } from "./rules/machine.ts";
import { copyOf, functionNames, handlerOf, type Manifest, manifest, stepOf } from "./rules/manifest.ts";
import {
  danglingNames,
  doubleRoutes,
  messageCircles,
  unused,
  wrongBatches,
  wrongDeadLetters,
  wrongDeadlines,
  wrongTriggers,
  wrongTriggerTimes,
} from "./rules/manifest-rules.ts";
import { codeOf, filesBelow, foldersIn, REPOSITORY, textOf } from "./rules/source-tree.ts";

/** No function validates the manifest, so it has no precompiled validator. */
const keepsSchema = new Ajv({ allErrors: true })
  .addVocabulary(["must_be"])
  .addSchema(JSON.parse(textOf("schemas/internal/provider-credentials.json")), "provider-credentials.json")
  .compile(JSON.parse(textOf("schemas/internal/manifest.json")));

/** The manifest with one mistake in it. */
function mutated(change: (copy: Manifest) => void): Manifest {
  const copy = copyOf(manifest);
  change(copy);
  return copy;
}

/** Fails the test when the entry is gone, so that a negative twin cannot pass for nothing. */
function entry(from: Manifest, name: string): Manifest["functions"][string] {
  const found = from.functions[name];
  if (!found) throw new Error(`the manifest has no function ${name}`);
  return found;
}

const tasks = [...machines.values()].flatMap(({ States }) =>
  Object.values(States).flatMap((state) => taskOf(state) ?? []),
);

describe("the manifest", () => {
  it("keeps its schema", () => {
    keepsSchema(manifest);
    expect(keepsSchema.errors).toBeNull();
  });

  it.each<[string, (copy: Manifest) => void]>([
    [
      "a name that is no verb and noun",
      (m) => Object.assign(m.functions, { Payments: entry(m, "post-ledger") }),
    ],
    ["a misspelt field", (m) => Object.assign(entry(m, "post-ledger"), { timeout: 10 })],
    [
      "an operation that does not exist",
      (m) => Object.assign(entry(m, "post-ledger").access, { bus: ["Send"] }),
    ],
    [
      "a webhook secret that signs nothing",
      (m) => Object.assign(m.providers.sandbox?.public_credentials ?? {}, { webhook_secrets: ["secret"] }),
    ],
    [
      "a scope that no token has",
      (m) => Object.assign(entry(m, "read-payment").routes?.[0] ?? {}, { scope: "all" }),
    ],
  ])("is refused by its schema with %s", (_, change) => {
    expect(keepsSchema(mutated(change))).toBe(false);
  });

  it("names only what it has", () => {
    expect(danglingNames(manifest)).toEqual([]);
    const typo = mutated((m) =>
      Object.assign(entry(m, "post-ledger").access, { tables: { legder: ["PutItem"] } }),
    );
    expect(danglingNames(typo)).toEqual(["post-ledger names tables.legder, which does not exist"]);
    const indexTypo = mutated((m) =>
      Object.assign(entry(m, "sweep-payments").access, { indexes: { "ledger/open": ["Query"] } }),
    );
    expect(danglingNames(indexTypo)).toEqual([
      "sweep-payments names indexes.ledger/open, which does not exist",
    ]);
    const ruleTypo = mutated((m) => Object.assign(m.rules.integrity ?? {}, { queue: "integrty" }));
    expect(danglingNames(ruleTypo)).toHaveLength(1);
    const pattern = { detail: { stateMachineArn: [`$\{machines.cart-payment}`] } };
    const machineTypo = mutated((m) => Object.assign(m.rules["saga-failures"] ?? {}, { pattern }));
    expect(danglingNames(machineTypo)).toEqual([
      "rule saga-failures names machines.cart-payment, which does not exist",
    ]);
  });

  it("has nothing that nobody uses", () => {
    expect(unused(manifest)).toEqual([]);
    expect(unused(mutated((m) => delete m.functions["verify-integrity"]))).toEqual([
      "nothing reads the queue integrity",
    ]);
    expect(unused(mutated((m) => delete entry(m, "sweep-payments").access.indexes))).toEqual([
      "nobody queries the index payments/open",
    ]);
    expect(unused(mutated((m) => delete m.functions["fold-balances"]))).toEqual([
      "the table ledger has a stream that nobody reads",
    ]);
  });

  it("gives every queue dead letters, or says why not", () => {
    expect(wrongDeadLetters(manifest)).toEqual([]);
    expect(wrongDeadLetters(mutated((m) => delete m.queues.start?.max_receives))).toEqual(["start"]);
  });
});

describe("a function", () => {
  const folders = foldersIn("functions").filter((name) => name !== "lib");

  it("has a folder, and every folder is a function", () => {
    expect(folders.sort()).toEqual([...functionNames].sort());
  });

  it.each(functionNames)("%s has its wiring and its step, or is wiring only", (name) => {
    const files = filesBelow(`functions/${name}`, /./);
    expect(files).toContain(handlerOf(name));
    if (files.length > 1) expect(files).toContain(stepOf(name));
  });

  it("is invoked in one way", () => {
    expect(wrongTriggers(manifest, tasks)).toEqual([]);
    const both = mutated((m) => Object.assign(entry(m, "post-ledger"), { schedule: { rate_seconds: 60 } }));
    expect(wrongTriggers(both, tasks)).toEqual(["post-ledger is invoked by schedule and machine"]);
    const none = mutated((m) => delete entry(m, "sweep-payments").schedule);
    expect(wrongTriggers(none, tasks)).toEqual(["sweep-payments is invoked by nobody"]);
  });

  it.each(functionNames)("%s answers exactly the routes that the manifest gives it", (name) => {
    // A step that has two front ends keeps its routes beside it.
    const wiring = [handlerOf(name), stepOf(name)]
      .filter((path) => existsSync(join(REPOSITORY, path)))
      .map((path) => codeOf(textOf(path)))
      .join("\n");
    const answered = [...wiring.matchAll(/(?:"((?:GET|POST|PATCH|DELETE) [^"]+)"|(\$default)):/g)];
    const routes = entry(manifest, name).routes ?? [];
    const wanted = routes.map(({ method, path }) => (path === "$default" ? path : `${method} ${path}`));
    expect(answered.map(([, route, fallback]) => route ?? fallback).sort()).toEqual(wanted.sort());
  });

  it("shares no route with another", () => {
    expect(doubleRoutes(manifest)).toEqual([]);
    const routes = entry(manifest, "read-payment").routes ?? [];
    expect(doubleRoutes(mutated((m) => Object.assign(entry(m, "check-health"), { routes })))).toHaveLength(
      routes.length,
    );
  });

  it("is answered on the laptop by HEAD as by GET, with the same scope", () => {
    const find = routeFinder(manifest.functions as Parameters<typeof routeFinder>[0]);
    const gets = Object.values(manifest.functions)
      .flatMap(({ routes = [], sandbox }) => (sandbox ? [] : routes))
      .filter(({ method }) => method === "GET");
    expect(gets.length).toBeGreaterThan(5);
    for (const { path } of gets) {
      const asked = path.replaceAll(/\{\w+\}/g, "x");
      const { routeKey, ...got } = find("GET", asked);
      expect(find("HEAD", asked)).toEqual({ ...got, routeKey: `HEAD ${path}` });
      expect(scopesOf(`HEAD ${path}`)).toEqual(scopesOf(routeKey));
    }
    expect(find("HEAD", "/payments").routeKey).toBe("$default");
  });
});

describe("a message", () => {
  it("goes round through one function at most", () => {
    expect(messageCircles(manifest)).toEqual([]);
  });

  it("is caught when two functions send it back and forth", () => {
    const mutant = mutated((copy) => {
      Object.assign(entry(copy, "start-saga").access.queues ?? {}, { integrity: ["SendMessage"] });
      Object.assign(entry(copy, "verify-integrity").access.queues ?? {}, { start: ["SendMessage"] });
    });
    expect(messageCircles(mutant)).toEqual(["start-saga, verify-integrity"]);
  });
});

describe("time", () => {
  /** In the code, because it is the code's: no variable of the environment sets it. */
  const deadline = Number(
    /PROVIDER_TIMEOUT_MS = ([\d_]+);/.exec(textOf("functions/lib/wiring.ts"))?.[1]?.replace("_", ""),
  );

  it("leaves a step's function time to ask and to send, and its task time to hear of it", () => {
    const states = [...machines.values()].flatMap(({ States }) => Object.values(States));
    const tasked = states.flatMap((state) => {
      const name = taskOf(state);
      return name ? wrongDeadlines(name, entry(manifest, name), deadline / 1000, state.TimeoutSeconds) : [];
    });
    expect(deadline).toBeGreaterThan(0);
    expect(states.length).toBeGreaterThan(0);
    expect(tasked).toEqual([]);
  });

  it.each([
    ["a slow provider", 9, 25],
    ["a short task", 8, 20],
    ["a task without a timeout", 8, undefined],
  ])("is caught when %s breaks the nesting", (_, deadlineSeconds, taskSeconds) => {
    const fn = entry(manifest, "capture-payment");
    expect(wrongDeadlines("capture-payment", fn, deadlineSeconds, taskSeconds)).toHaveLength(1);
  });

  it("hides a message for as long as its consumer may run, and answers before the gateway gives up", () => {
    expect(wrongTriggerTimes(manifest)).toEqual([]);
    const slow = mutated((m) => Object.assign(entry(m, "verify-integrity"), { timeout_seconds: 61 }));
    expect(wrongTriggerTimes(slow)).toHaveLength(1);
    const patient = mutated((m) =>
      Object.assign(entry(m, "verify-integrity").queue ?? {}, { window_seconds: 31 }),
    );
    expect(wrongTriggerTimes(patient)).toHaveLength(1);
    const late = mutated((m) => Object.assign(entry(m, "read-payment"), { timeout_seconds: 31 }));
    expect(wrongTriggerTimes(late)).toHaveLength(1);
  });

  it("lets a queue gather a batch that one answer of SQS cannot hold", () => {
    expect(wrongBatches(manifest)).toEqual([]);
    const hasty = mutated((m) =>
      Object.assign(entry(m, "verify-integrity").queue ?? {}, { window_seconds: 0 }),
    );
    expect(wrongBatches(hasty)).toHaveLength(1);
  });
});

describe("a machine", () => {
  it("has its file, and every file is a machine", () => {
    expect([...machines.keys()].sort()).toEqual(Object.keys(manifest.machines).sort());
    for (const name of machines.keys()) {
      expect(existsSync(join(REPOSITORY, "statemachines", `${name}.asl.yaml`))).toBe(true);
    }
  });
});

describe("a provider", () => {
  it("is in the manifest when a function calls it, and only then", () => {
    const calling = Object.values(manifest.functions).filter(({ provider }) => provider);
    const needed = new Set(calling.flatMap(({ access }) => Object.keys(access?.secrets ?? {})));
    expect(Object.keys(manifest.providers).sort()).toEqual([...needed].sort());
  });
});

describe("a switch", () => {
  it("exists for everything that somebody asks about, and nothing else does", () => {
    const kinds: Switch[] = ["stop-intake", "hold-starts", "stop-pivots"];
    const asked = kinds.flatMap((what) => RAILS.flatMap((rail) => switchNames(what, rail)));
    expect(Object.keys(manifest.switches).sort()).toEqual([...new Set(asked)].sort());
  });

  it("is obeyed by somebody: each is named in the code of a function", () => {
    const code = functionNames.map(codeOfFunction).join("\n");
    const asked = [...code.matchAll(/switches\.isOn\("([a-z-]+)"/g)].map(([, what]) => what);
    const kinds = Object.keys(manifest.switches).map((name) => name.split("/")[1]);
    expect([...new Set(asked)].sort()).toEqual([...new Set(kinds)].sort());
  });
});
