// Cells as they are deployed: each has its settings, and each route that writes for a merchant asks whether it lives here.
import { describe, expect, it } from "@jest/globals";
import { coldStart } from "../support/cold-start.ts";
import { handlerOf, type Manifest, manifest } from "./manifest.ts";
import { textOf } from "./source-tree.ts";

/** Routes with the scope `payments:write` that their handler does not guard. */
const unguarded = (functions: Manifest["functions"], wiringOf: (name: string) => string): string[] =>
  Object.entries(functions).flatMap(([name, { routes = [] }]) =>
    routes
      .filter(({ scope }) => scope === "payments:write")
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !wiringOf(name).includes(`"${route}": admitted(`)),
  );

const wiringOf = (name: string): string => textOf(handlerOf(name));

describe("a cell", () => {
  it("guards every route that writes for a merchant", () => {
    expect(unguarded(manifest.functions, wiringOf)).toEqual([]);
    const bare = (name: string) => wiringOf(name).replace("admitted(", "(");
    expect(unguarded(manifest.functions, bare)).toContain("POST /payments");
  });

  it("asks in production who lives in it, and nowhere else", () => {
    const admissionsIn = (CONTRA_ENVIRONMENT: string) =>
      coldStart<{ admissions: object }>("lib/adapters/stores.ts", { CONTRA_ENVIRONMENT }).admissions;
    expect(admissionsIn("prod").constructor.name).toBe("DynamoAdmissions");
    expect(admissionsIn("dev").constructor.name).toBe("Object");
  });
});
