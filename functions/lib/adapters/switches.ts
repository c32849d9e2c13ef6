// The kill switches of a function that obeys them.
import { SsmSwitches, ssmClient } from "./aws/ssm-switches.ts";
import { systemClock } from "./system-clock.ts";

export const switches = new SsmSwitches(ssmClient(), systemClock());
