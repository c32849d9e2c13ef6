// Kill switches that a person turns: per rail and per provider, off by default.
import type { Rail } from "../contracts/types.ts";
import type { Switch } from "../domain/saga-definition.ts";

export interface Switches {
  /**
   * True when it is on for the rail or for one of its providers. Never throws: a switch that cannot
   * be read stays as it was.
   */
  isOn(what: Switch, rail: Rail): Promise<boolean>;
}
