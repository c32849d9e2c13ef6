import { breaker, cardProvider, clock, payments } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { voidAuthorization } from "./void-authorization.ts";

export const handler = stepHandler(voidAuthorization({ payments, provider: cardProvider(), breaker, clock }));
