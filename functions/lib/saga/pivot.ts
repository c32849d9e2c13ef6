// The kill switch of the pivots: nothing irrevocable is begun while a person has turned it.
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/steps.ts";
import { ProviderUnavailable } from "../errors/registry.ts";
import type { Switches } from "../ports/switches.ts";

/** Throws ProviderUnavailable while the rail's pivots are stopped. One that may already be under way is followed up all the same. */
export async function assertPivotAllowed(
  switches: Switches,
  { rail, marks }: PaymentRecord,
  pivot: Step,
): Promise<void> {
  if (marks.intent[pivot] !== undefined) return;
  if (await switches.isOn("stop-pivots", rail))
    throw new ProviderUnavailable(`${pivot} is stopped on the ${rail} rail`);
}
