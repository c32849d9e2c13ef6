// Kill switches that a test turns by their names, `card/stop-intake`.
import type { Rail } from "../../../functions/lib/contracts/types.ts";
import { type Switch, switchNames } from "../../../functions/lib/domain/saga-definition.ts";
import type { Switches } from "../../../functions/lib/ports/switches.ts";

export class MemorySwitches implements Switches {
  readonly on = new Set<string>();

  async isOn(what: Switch, rail: Rail): Promise<boolean> {
    return switchNames(what, rail).some((name) => this.on.has(name));
  }
}
