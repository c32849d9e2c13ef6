// What the sagas ask of a payment's writes, from simulated lives of both rails: each condition of
// their guards, by the name that it has in a write.
import { AsyncLocalStorage } from "node:async_hooks";
import { Expression, guardCondition } from "../../../functions/lib/adapters/dynamodb/conditions.ts";
import { type Guard, objectionTo } from "../../../functions/lib/domain/guard.ts";
import { firstSeeds } from "../../simulation/find-failing-seed.ts";
import { SCENARIOS } from "../../simulation/scenarios.ts";
import { simulate } from "../../simulation/simulate.ts";
import { MemoryPaymentStore } from "../../support/memory/memory-payment-store.ts";
import { parseCondition, removals } from "./condition-tree.ts";
import { attributesIn, nameMethods, writerNow } from "./conditional-writes.ts";
import { nameOf } from "./place.ts";

export async function conditionsOfSagas(lives: number): Promise<Set<string>> {
  nameMethods(MemoryPaymentStore);
  keepWriterInCarry();
  const asked = new Set<string>();
  const note = (guard: Guard): void => {
    const expression = new Expression();
    // As in a write, where another condition stands before it.
    const condition = parseCondition(`attribute_exists(pk) AND ${guardCondition(guard, expression)}`);
    const [, ...parts] = removals(condition);
    const write = `${writerNow()} PAYMENT`;
    for (const { part } of parts) asked.add(nameOf({ write, part: attributesIn(part, expression.names) }));
  };
  const judgement = {
    objectionTo: (...judged: Parameters<typeof objectionTo>) => {
      note(judged[0]);
      return objectionTo(...judged);
    },
  };
  for (const scenario of SCENARIOS)
    for (const seed of firstSeeds(lives))
      await simulate(scenario, seed, { name: "its guards noted", judgement });
  return asked;
}

/** A simulated round trip comes to its effect from somewhere else: it is still its method's. */
function keepWriterInCarry(): void {
  const { through } = MemoryPaymentStore.prototype;
  MemoryPaymentStore.prototype.through = function (carry) {
    return through.call(this, (operation, effect) => carry(operation, AsyncLocalStorage.bind(effect)));
  };
}
