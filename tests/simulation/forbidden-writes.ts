// What no task of a saga may write, whoever lets it: judged at the instant of the write, by what
// stands then.
import type { Rail } from "../../functions/lib/contracts/types.ts";
import { SAGA_OF } from "../../functions/lib/domain/saga-definition.ts";
import { paymentIdOf } from "../../functions/lib/domain/saga-executions.ts";
import type { World } from "./world.ts";

/** True where the store wrote: a step that begins unseen gets its payment then, and only then. */
export const isWritten = (operation: string, value: unknown): boolean =>
  operation.startsWith("begin ") ? value !== undefined : value !== false;

/** Why a task of that execution may not write this now, in sentences. */
export function objectionsTo({ store, scenario }: World, execution: string, operation: string): string[] {
  const paymentId = paymentIdOf(execution) ?? "";
  const owner = store.ownerOf(paymentId);
  return [
    ...(owner !== undefined && owner !== execution ? ["a stale owner wrote"] : []),
    ...(isStep(operation) && store.isDisputed(paymentId) ? ["written over a contradiction"] : []),
    ...(begins(operation, scenario.rail) && store.isCancelled(paymentId)
      ? ["a step began after its payment was cancelled"]
      : []),
  ];
}

/** A commit that moves the saga on. A disputed payment may be parked and taken up again. */
const isStep = (operation: string): boolean =>
  operation.startsWith("commit") && !/parked|resumed|attempted|notified/.test(operation);

/** A write by which a step begins: its intent, or where it asks no provider all of it. */
const begins = (operation: string, rail: Rail): boolean =>
  /^(begin|mark intent) /.test(operation) || UNASKED[rail].includes(operation);

/** The commits of the steps before the pivot that ask no provider. */
const unaskedOf = (rail: Rail): string[] => {
  const { steps } = SAGA_OF[rail];
  const before = steps.slice(
    0,
    steps.findIndex(({ pivot }) => pivot),
  );
  return before.filter(({ provider }) => !provider).map(({ event }) => `commit ${event}`);
};
const UNASKED: Record<Rail, string[]> = { card: unaskedOf("card"), stablecoin: unaskedOf("stablecoin") };
