import { describe, expect, it } from "@jest/globals";
import { FaultPlanError, parseFaults } from "../../../../functions/lib/sandbox/fault-plan.ts";

describe("a plan of faults", () => {
  it("keeps its order and its counts", () => {
    expect(parseFaults("lost_capture_x1, unavailable_void_x12,refused_reverse_on_ramp")).toEqual([
      { fault: "lost", operation: "capture", times: 1 },
      { fault: "unavailable", operation: "void", times: 12 },
      { fault: "refused", operation: "reverse_on_ramp" },
    ]);
  });

  it("reads faults whose own names hold an underscore", () => {
    expect(parseFaults("sticky_500_authorize_x2,expired_key_query")).toEqual([
      { fault: "sticky_500", operation: "authorize", times: 2 },
      { fault: "expired_key", operation: "query" },
    ]);
  });

  it("reads a fault whose name begins with another fault's", () => {
    expect(parseFaults("lost_webhook_off_ramp,rejected_422_capture_x1")).toEqual([
      { fault: "lost_webhook", operation: "off_ramp" },
      { fault: "rejected_422", operation: "capture", times: 1 },
    ]);
  });

  it("is empty where nothing was ordered", () => {
    expect(parseFaults("")).toEqual([]);
    expect(parseFaults(" , ")).toEqual([]);
  });

  it.each([
    "lost",
    "lost_",
    "lost_everything",
    "lose_capture",
    "lost_capture_x0",
    "lost_capture_x",
    "lost_capture x1",
    "forged_authorize",
    "partial_void",
    "wrong_amount_capture",
    "contradicted_query",
    "lost_tombstone",
  ])("refuses %j, and says what is known", (plan) => {
    expect(() => parseFaults(plan)).toThrow(FaultPlanError);
    expect(() => parseFaults(plan)).toThrow(/is no order: .*; rejected_400, .* of authorize, capture, /);
  });
});
