// Cells as they are deployed: each has its settings, and each route that writes for a merchant asks
// whether it lives here.
import { describe, expect, it } from "@jest/globals";
import { POLLS, per, RAILS } from "../../scripts/capacity/costs.ts";
import cells from "../../terraform/environments/cells.json" with { type: "json" };
import { coldStart } from "../support/cold-start.ts";
import { handlerOf, type Manifest, manifest } from "./rules/manifest.ts";
import { textOf } from "./rules/source-tree.ts";

/** Where an operator may name the merchant, the rules ask after they have read whom. */
const ASKS_ITSELF: Record<string, string> = {
  "POST /accounts": "functions/manage-accounts/open-account.ts",
};

/** Routes with the scope `payments:write` that neither their handler nor their rules guard. */
const unguarded = (functions: Manifest["functions"], wiringOf: (name: string) => string): string[] =>
  Object.entries(functions).flatMap(([name, { routes = [] }]) =>
    routes
      .filter(({ scope }) => scope === "payments:write")
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => {
        const rules = ASKS_ITSELF[route];
        return rules === undefined
          ? !wiringOf(name).includes(`"${route}": admitted(`)
          : !textOf(rules).includes("await ports.admissions.admits(merchant_id)");
      }),
  );

/** Functions with a route of the scope `payments:write` whose wiring has no throttle. */
const unmetered = (functions: Manifest["functions"], wiringOf: (name: string) => string): string[] =>
  Object.entries(functions)
    .filter(([, { routes = [] }]) => routes.some(({ scope }) => scope === "payments:write"))
    .map(([name]) => name)
    .filter((name) => !wiringOf(name).includes("throttle"));

/** The rates of the block `throttles` of a cell's settings, by class. */
function ratesIn(settings: string): Record<string, number> {
  const [, block = ""] = /^throttles = \{\n([\s\S]*?)^\}/m.exec(settings) ?? [];
  return Object.fromEntries(
    [...block.matchAll(/^ +(\w+) += \{ rate_per_second = (\d+),/gm)].map(([, name = "", rate]) => [
      name,
      Number(rate),
    ]),
  );
}

/** Classes of routes that let in less than a cell's payments bring, as sentences. */
function shortThrottles(settings: string, payments: number): string[] {
  const webhooks = Math.max(...RAILS.map((rail) => per("lambda.invocations.receive-provider-webhook", rail)));
  const needs = { writes: payments, reads: payments * POLLS, webhooks: payments * webhooks };
  const rates = ratesIn(settings);
  return Object.entries(needs)
    .filter(([name, need]) => !((rates[name] ?? 0) >= need))
    .map(([name, need]) => `${name}: ${rates[name]} of ${need} a second`);
}

const wiringOf = (name: string): string => textOf(handlerOf(name));

describe("a cell", () => {
  it("guards every route that writes for a merchant", () => {
    expect(unguarded(manifest.functions, wiringOf)).toEqual([]);
    const bare = (name: string) => wiringOf(name).replace("admitted(", "(");
    expect(unguarded(manifest.functions, bare)).toContain("POST /payments");
  });

  const settingsOf = (name: string): string => textOf(`terraform/environments/${name}.tfvars`);

  it.each(cells)("lets in what the payments that are promised in $name bring", (cell) => {
    expect(shortThrottles(settingsOf(cell.name), cell.capacity_per_second)).toEqual([]);
  });

  it("is caught when more is promised in it than its throttles let in, or when it has none", () => {
    const settings = settingsOf(cells[0]?.name ?? "");
    expect(shortThrottles(settings, 750)).toEqual([
      "writes: 600 of 750 a second",
      "reads: 1500 of 2250 a second",
      "webhooks: 1000 of 1500 a second",
    ]);
    expect(shortThrottles("throttles = {\n}\n", 1)).toHaveLength(3);
  });

  it("meters every route that writes for a merchant", () => {
    expect(unmetered(manifest.functions, wiringOf)).toEqual([]);
    const bare = (name: string) => wiringOf(name).replaceAll("throttle", "");
    expect(unmetered(manifest.functions, bare)).toContain("create-quote");
  });

  it("asks in production who lives in it, and nowhere else", () => {
    const admissionsIn = (CONTRA_ENVIRONMENT: string) =>
      coldStart<{ admissions: () => object }>("lib/wiring.ts", { CONTRA_ENVIRONMENT }).admissions();
    expect(admissionsIn("prod").constructor.name).toBe("DynamoAdmissions");
    expect(admissionsIn("dev").constructor.name).toBe("Object");
  });
});
