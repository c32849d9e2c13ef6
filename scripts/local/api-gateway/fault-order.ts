// `POST /sandbox/faults`: reads the order for a fault, and finds the part that has the fault.
import { pointerTo } from "../../../functions/lib/errors/json-pointer.ts";
import { type FieldError, InvalidRequest } from "../../../functions/lib/errors/registry.ts";
import { objectIn, textOf } from "../../../functions/lib/runtime/request-body.ts";
import { ORDERS } from "../../../functions/lib/sandbox/faults.ts";
import type { Fault } from "../common/faults.ts";
import type { Part } from "../common/settings.ts";
import { DATABASE_FAULTS } from "../dynamodb/faults.ts";
import { FUNCTION_FAULTS } from "../lambda/runner.ts";

type Owner = { part: Part; faults: readonly string[] };

/** The part that has each target's faults, and the names of these faults. */
const OWNERS: Record<string, Owner> = {
  StartExecution: { part: "step-functions", faults: ["throttle"] },
  dynamodb: { part: "dynamodb", faults: DATABASE_FAULTS },
  PutEvents: { part: "messaging", faults: ["throttle", "partial"] },
  SendMessage: { part: "messaging", faults: ["unavailable"] },
  GetParametersByPath: { part: "messaging", faults: ["throttle"] },
  streams: { part: "messaging", faults: ["pause"] },
  ...Object.fromEntries(
    Object.entries(ORDERS).map(([target, faults]) => [target, { part: "sandbox" as const, faults }]),
  ),
};
const MEMBERS = ["target", "fault", "count", "seconds", "rate"];
const MAX_COUNT = 1_000_000;
const MAX_SECONDS = 86_400;

/** The order and the part that it is for. Throws InvalidRequest with everything that is wrong. */
export function readFaultOrder(body: Buffer, functionNames: string[]): { part: Part; fault: Fault } {
  const order = objectIn(textOf(body, {}));
  const owner = ownerOf(order.target, functionNames);
  const errors = [
    ...Object.keys(order)
      .filter((member) => !MEMBERS.includes(member))
      .map((member) => problem(member, "is not known")),
    ...(owner ? faultErrors(order.fault, owner) : [problem("target", targetsAre(functionNames))]),
    ...boundErrors(order),
  ];
  if (errors.length > 0 || !owner) throw new InvalidRequest("the order for a fault is not valid", errors);
  return { part: owner.part, fault: order as Fault };
}

const problem = (member: string, detail: string): FieldError => ({
  pointer: pointerTo([member]),
  detail,
});

function ownerOf(target: unknown, functionNames: string[]): Owner | undefined {
  if (typeof target !== "string") return undefined;
  if (functionNames.includes(target)) return { part: "lambda", faults: FUNCTION_FAULTS };
  return Object.hasOwn(OWNERS, target) ? OWNERS[target] : undefined;
}

const targetsAre = (functionNames: string[]): string =>
  `must be one of ${[...Object.keys(OWNERS), ...functionNames].join(", ")}`;

function faultErrors(fault: unknown, { faults }: Owner): FieldError[] {
  return faults.some((known) => known === fault)
    ? []
    : [problem("fault", `must be one of ${faults.join(", ")}`)];
}

function boundErrors({ count, seconds, rate }: Record<string, unknown>): FieldError[] {
  const within = (value: unknown, max: number) => typeof value === "number" && value > 0 && value <= max;
  const errors: FieldError[] = [];
  if (count === undefined && seconds === undefined)
    errors.push(problem("count", "count or seconds must be given"));
  if (count !== undefined && !(Number.isInteger(count) && within(count, MAX_COUNT))) {
    errors.push(problem("count", `must be an integer from 1 to ${MAX_COUNT}`));
  }
  if (seconds !== undefined && !within(seconds, MAX_SECONDS)) {
    errors.push(problem("seconds", `must be a number above 0, at most ${MAX_SECONDS}`));
  }
  if (rate !== undefined && !within(rate, 1))
    errors.push(problem("rate", "must be a number above 0, at most 1"));
  return errors;
}
