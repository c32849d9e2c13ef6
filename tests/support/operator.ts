// An operator as a function knows one: by the token, and by the request; and what one may take up.
import type { Operator } from "../../functions/lib/domain/operation.ts";
import { redriveSaga } from "../../functions/redrive-saga/redrive-saga.ts";
import { CardSaga } from "./card-saga.ts";
import type { ConversionSaga } from "./conversion-saga.ts";
import type { MemoryExecutions } from "./memory/memory-executions.ts";

export const operatorNamed = (subject: string, requestId = "request-1"): Operator => ({ subject, requestId });

/** Redrives the saga on its own ports; whoever has the operation is asked. */
export function redriveOf(saga: CardSaga | ConversionSaga, executions: MemoryExecutions) {
  const { payments, quotes, sagas, clock, operations } = saga;
  const providerOf = (operation: string) => {
    if (saga instanceof CardSaga) return saga.provider;
    return operation === "off_ramp" ? saga.payer : saga.seller;
  };
  return redriveSaga({ payments, quotes, sagas, clock, operations, executions, providerOf });
}
