// The registry: a closed set of names and kinds that machines, clients and tests read.
import { describe, expect, it } from "@jest/globals";
import * as registry from "../../../../functions/lib/errors/registry.ts";

const { ContraError, kindOf, PLATFORM_ERRORS, REGISTRY, RequestError } = registry;
const leaves = Object.entries(REGISTRY);

describe("the error registry", () => {
  it("counts 60 errors: a new one is a decision about every machine", () => {
    expect(leaves).toHaveLength(60);
  });

  it("holds every leaf class that its file exports", () => {
    const isError = (value: unknown): value is typeof ContraError =>
      typeof value === "function" && value.prototype instanceof ContraError;
    const exported = Object.entries(registry).filter(([, value]) => isError(value) && value !== RequestError);
    expect(exported.map(([name]) => name).sort()).toEqual(Object.keys(REGISTRY).sort());
  });

  it.each(leaves)("gives %s the literal name of its class, and keeps its cause", (name, Leaf) => {
    const error = new Leaf("why");
    expect([error.name, Leaf.name, error.message]).toEqual([name, name, "why"]);
    expect(error).toBeInstanceOf(ContraError);
    expect(Object.hasOwn(error, "name")).toBe(true);
  });

  it("keeps the cause of an error that follows from another", () => {
    const cause = new Error("first");
    expect(new registry.OutcomeUnknown("then", { cause }).cause).toBe(cause);
  });

  it("knows twelve kinds, and all of them are used", () => {
    const kinds = new Set(leaves.map(([, Leaf]) => new Leaf("").kind));
    expect([...kinds].sort()).toEqual([
      "defect",
      "disputed",
      "partial",
      "refused",
      "request",
      "superseded",
      "transient",
      "undo",
      "unknown",
      "unsettled",
      "verdict",
      "withdrawn",
    ]);
  });

  it("gives every error over HTTP a status of the 4xx, or 503", () => {
    const statuses = leaves.map(([, Leaf]) => new Leaf("")).filter((error) => error instanceof RequestError);
    for (const { status, title } of statuses) {
      expect((status >= 400 && status < 500) || status === 503).toBe(true);
      expect(title).not.toBe("");
    }
  });

  it("tells the kind of a name, and nothing of a name that is not ours", () => {
    expect(kindOf("CardDeclined")).toBe("refused");
    expect(kindOf("OutcomeUnknown")).toBe("unknown");
    for (const name of ["Error", "States.Timeout", "", "toString", "constructor"]) {
      expect(kindOf(name)).toBeUndefined();
    }
  });

  it("takes only throttling for a sign that a task did not run", () => {
    expect(PLATFORM_ERRORS.transient).toEqual(["Lambda.TooManyRequestsException"]);
    expect(PLATFORM_ERRORS.unknown).not.toContain("Lambda.TooManyRequestsException");
  });
});
