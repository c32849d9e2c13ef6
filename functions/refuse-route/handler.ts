import { httpHandler } from "../lib/runtime/http.ts";
import { methodsOf } from "../lib/runtime/routes.ts";
import { refuseRoute } from "./refuse-route.ts";

const refuse = refuseRoute(methodsOf);

export const handler = httpHandler({
  $default: async ({ rawPath, rawQuery }) => {
    const { location } = refuse({ path: rawPath, query: rawQuery });
    return { statusCode: 308, headers: { location } };
  },
});
