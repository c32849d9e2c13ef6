// A saga that nobody runs: the card's, with a step more and another pivot. It shows what follows
// from a definition.
import type { EventType } from "../../functions/lib/domain/events.ts";
import { type Saga, type SagaStep, saga } from "../../functions/lib/domain/saga.ts";
import { CARD } from "../../functions/lib/domain/saga-definition.ts";

export const RESERVE: SagaStep = {
  step: "reserve-goods",
  event: "payment.reserved" as EventType,
  result: "reservation_id",
  journals: true,
  undo: "release-goods",
  undone: "payment.goods_released" as EventType,
  resolve: "resolve-goods",
  entersTransit: true,
  provider: { of: "warehouse", asks: "reserve", undoes: "release", converts: true },
};
export const SHIP: SagaStep = {
  step: "ship-goods",
  event: "payment.completed",
  result: "shipment_id",
  pivot: true,
  resolve: "resolve-shipment",
  provider: { of: "carrier", asks: "ship" },
};

const [OPENING, AUTHORIZE, POST, , NOTIFY] = CARD.steps;

export { NOTIFY, OPENING };
/** The card's saga with one step more, and another pivot. */
export const IMAGINED: Saga = saga("card", [OPENING, RESERVE, AUTHORIZE, POST, SHIP, NOTIFY]);
