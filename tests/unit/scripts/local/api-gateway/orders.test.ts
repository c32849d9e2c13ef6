// The orders that only a laptop takes: for a fault, and for a switch. They are read as strictly as
// any body.
import { describe, expect, it } from "@jest/globals";
import { readFaultOrder } from "../../../../../scripts/local/api-gateway/fault-order.ts";
import { readSwitchOrder } from "../../../../../scripts/local/api-gateway/switch-order.ts";
import { UNSPEAKABLE } from "../../../../support/hostile-json.ts";

const SWITCH = "card/stop-intake";
const ORDERS = {
  "a fault": {
    good: { target: "post-ledger", fault: "fail_after", count: 1 },
    read: (body: Buffer) => readFaultOrder(body, ["post-ledger"]),
  },
  "a switch": {
    good: { name: SWITCH, value: "on" },
    read: (body: Buffer) => readSwitchOrder(body, [SWITCH]),
  },
};

describe.each(Object.entries(ORDERS))("an order for %s", (_, { good, read }) => {
  const refused = (body: string | Buffer) => {
    let caught: unknown;
    try {
      read(Buffer.from(body));
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name: "InvalidRequest" });
    return (caught as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  };

  it("is taken as it is", () => {
    expect(() => read(Buffer.from(JSON.stringify(good)))).not.toThrow();
  });

  it("is refused with anything else in the place of a member", () => {
    for (const member of Object.keys(good)) {
      for (const value of UNSPEAKABLE)
        expect(refused(JSON.stringify({ ...good, [member]: value }))).toContain(`/${member}`);
    }
  });

  it.each([
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), ""],
    ["a name that stands twice", '{"a/b":1,"a/b":1}', "/a~1b"],
    ["a member that nobody knows", '{"a/b":1}', "/a~1b"],
    ["a list", "[]", ""],
    ["no JSON", "", ""],
  ])("is refused with %s", (_title, body, pointer) => {
    expect(refused(body)).toContain(pointer);
  });
});
