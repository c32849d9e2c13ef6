// `POST /sandbox/switches {"name":"card/stop-intake","value":"on"}`: turns a kill switch, as a
// person would do in SSM.
import {
  type FieldError,
  InvalidRequest,
  ServiceUnavailable,
} from "../../../functions/lib/errors/registry.ts";
import { parameterOf } from "../ssm/switches.ts";
import type { PartsClient } from "./parts-client.ts";

export type SwitchOrder = { name: string; value: "on" | "off" };

const VALUES = ["on", "off"];

/** The order. Throws InvalidRequest with everything that is wrong. */
export function readSwitchOrder(body: Buffer, names: string[]): SwitchOrder {
  const { name, value, ...rest } = parse(body);
  const errors: FieldError[] = [
    ...Object.keys(rest).map((member) => ({ pointer: `/${member}`, detail: "is not known" })),
    ...(names.some((known) => known === name)
      ? []
      : [{ pointer: "/name", detail: `must be one of ${names.join(", ")}` }]),
    ...(VALUES.some((known) => known === value) ? [] : [{ pointer: "/value", detail: "must be on or off" }]),
  ];
  if (errors.length > 0) throw new InvalidRequest("the order for a switch is not valid", errors);
  return { name, value } as SwitchOrder;
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const order: unknown = JSON.parse(body.toString());
    if (typeof order === "object" && order !== null && !Array.isArray(order))
      return order as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InvalidRequest("the body must be a JSON object", [{ pointer: "", detail: "must be an object" }]);
}

/** Functions notice within a few seconds, as in AWS. */
export async function turnSwitch(parts: PartsClient, { name, value }: SwitchOrder): Promise<void> {
  const answer = await parts.ask("messaging", "/", {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.PutParameter" },
    body: JSON.stringify({ Name: parameterOf(name), Value: value, Overwrite: true }),
  });
  if (!answer.ok) throw new ServiceUnavailable(`the switch was not turned: ${answer.status}`);
}
