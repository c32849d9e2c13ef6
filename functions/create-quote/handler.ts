import { admissions, clock, policies, quotes, rates } from "../lib/adapters/stores.ts";
import { admitted } from "../lib/runtime/admission.ts";
import { answer, type Call, type HttpAnswer, httpHandler } from "../lib/runtime/http.ts";
import { createQuote } from "./create-quote.ts";

const create = createQuote({ quotes, rates: rates(), policies, clock });

const post = async ({ merchantId, requestId, body }: Call): Promise<HttpAnswer> =>
  answer(201, await create({ merchantId, requestId, body }));

export const handler = httpHandler({ "POST /quotes": admitted(admissions, post) });
