// The kill switch of the pivots: while a person has turned it nothing irrevocable is begun, and nothing bought that only a pivot spends.
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/steps.ts";
import { ProviderUnavailable } from "../errors/registry.ts";
import type { Switches } from "../ports/switches.ts";

/** Throws ProviderUnavailable while the rail's pivots are stopped. A step that may already be under way is followed up all the same. */
export async function assertPivotAllowed(
  switches: Switches,
  { rail, marks }: PaymentRecord,
  step: Step,
): Promise<void> {
  if (marks.intent[step] !== undefined) return;
  if (await switches.isOn("stop-pivots", rail))
    throw new ProviderUnavailable(`${step} is stopped on the ${rail} rail`);
}
