// The kill switches among the parameters. They are the manifest's, and off until
// somebody turns them.
import { readFileSync } from "node:fs";
import { PREFIX } from "../common/settings.ts";

/** The manifest's names, such as `card/stop-intake`. Empty for a manifest without switches. */
export function readSwitches(manifestPath: string): string[] {
  const { switches = {} } = JSON.parse(readFileSync(manifestPath, "utf8")) as { switches?: object };
  return Object.keys(switches);
}

/** The name of the switch's parameter, as the functions and Terraform compose it. */
export const parameterOf = (name: string): string => `/${PREFIX}switches/${name}`;
