// `make switch WORKSPACE=dev SWITCH=card/stop-intake VALUE=on REASON="…"`: turns a kill switch, and
// prints how it stood. `local` is the stack on this laptop. Who turns it, and why, is written down
// before it is turned.
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { handOf, operationBy, writeDown } from "./lib/by-hand.ts";
import { reach } from "./lib/reach.ts";
import { assertWorkspace } from "./lib/workspace.ts";
import { readSwitches } from "./local/ssm/switches.ts";

const { WORKSPACE, SWITCH, VALUE, REASON } = process.env;
const SWITCHES = readSwitches(join(import.meta.dirname, "..", "functions", "manifest.json"));

async function turn(): Promise<void> {
  if (!WORKSPACE || !SWITCH || !VALUE)
    throw new Error(
      "name the workspace, the switch and how it is to stand: SWITCH=card/stop-intake VALUE=on",
    );
  assertWorkspace(WORKSPACE);
  if (!SWITCHES.includes(SWITCH))
    throw new Error(`no switch is called ${SWITCH}; there are ${SWITCHES.join(", ")}`);
  if (VALUE !== "on" && VALUE !== "off") throw new Error("VALUE is on or off");
  const hand = await handOf(WORKSPACE, REASON);
  const ssm = new SSMClient(reach(WORKSPACE, "messaging"));
  const Name = `/${WORKSPACE}-switches/${SWITCH}`;
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
  const details = { switch: SWITCH, before: Parameter?.Value ?? "none", now: VALUE };
  const client = new DynamoDBClient(reach(WORKSPACE, "dynamodb"));
  await writeDown(client, WORKSPACE, operationBy(hand, "switch", { details }));
  await ssm.send(new PutParameterCommand({ Name, Value: VALUE, Overwrite: true }));
  console.log(`${SWITCH}: ${details.before}, and now ${VALUE}; functions notice within five seconds`);
}

await turn().catch((error: Error) => {
  const because = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  console.error(`${error.message}${because}`);
  process.exitCode = 1;
});
