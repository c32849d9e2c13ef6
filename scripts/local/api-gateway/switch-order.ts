// `POST /sandbox/switches {"name":"card/stop-intake","value":"on"}`: turns a kill switch, as a
// person would do in SSM.
import { pointerTo } from "../../../functions/lib/errors/json-pointer.ts";
import {
  type FieldError,
  InvalidRequest,
  ServiceUnavailable,
} from "../../../functions/lib/errors/registry.ts";
import { objectIn, textOf } from "../../../functions/lib/runtime/request-body.ts";
import { parameterOf } from "../ssm/switches.ts";
import type { PartsClient } from "./parts-client.ts";

export type SwitchOrder = { name: string; value: "on" | "off" };

const VALUES = ["on", "off"];

/** The order. Throws InvalidRequest with everything that is wrong. */
export function readSwitchOrder(body: Buffer, names: string[]): SwitchOrder {
  const { name, value, ...rest } = objectIn(textOf(body, {}));
  const errors: FieldError[] = [
    ...Object.keys(rest).map((member) => ({ pointer: pointerTo([member]), detail: "is not known" })),
    ...(names.some((known) => known === name)
      ? []
      : [{ pointer: "/name", detail: `must be one of ${names.join(", ")}` }]),
    ...(VALUES.some((known) => known === value) ? [] : [{ pointer: "/value", detail: "must be on or off" }]),
  ];
  if (errors.length > 0) throw new InvalidRequest("the order for a switch is not valid", errors);
  return { name, value } as SwitchOrder;
}

/** Functions notice within a few seconds, as in AWS. */
export async function turnSwitch(parts: PartsClient, { name, value }: SwitchOrder): Promise<void> {
  const answer = await parts.ask("messaging", "/", {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.PutParameter" },
    body: JSON.stringify({ Name: parameterOf(name), Value: value, Overwrite: true }),
  });
  if (answer.status !== 200) throw new ServiceUnavailable(`the switch was not turned: ${answer.status}`);
}
