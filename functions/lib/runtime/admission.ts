// The guard of a cell: a route that writes for a merchant asks first whether the merchant lives
// here. Without it a token that two cells accept would make two payments of one idempotency key,
// one in each.
import { MerchantElsewhere } from "../errors/registry.ts";
import type { Admissions } from "../ports/admissions.ts";
import type { Call, HttpAnswer } from "./http.ts";

type Route = (call: Call) => Promise<HttpAnswer>;

/** The route for this cell's merchants. Throws MerchantElsewhere before anything is written. */
export const admitted =
  (admissions: Admissions, route: Route): Route =>
  async (call) => {
    if (!(await admissions.admits(call.merchantId)))
      throw new MerchantElsewhere("use the base URL that you were given when you were placed");
    return route(call);
  };
