import { admitted } from "../lib/runtime/admission.ts";
import { answer, type Call, type HttpAnswer, httpHandler } from "../lib/runtime/http.ts";
import { admissions, clock, policies, quotes, rates, throttle, wired } from "../lib/wiring.ts";
import { createQuote } from "./create-quote.ts";

const create = createQuote(wired({ quotes, rates, policies, throttle, clock }));

const post = async ({ merchantId, requestId, body }: Call): Promise<HttpAnswer> =>
  answer(201, await create({ merchantId, requestId, body }));

export const handler = httpHandler({ "POST /quotes": admitted(admissions(), post) });
