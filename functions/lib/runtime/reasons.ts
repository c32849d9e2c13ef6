// Whether an operator has to say why. A deployment may demand it of every act by hand; by default
// it is taken where it is given, because clients exist that give none.
import { InvalidRequest } from "../errors/registry.ts";
import { demandsReasons } from "./config.ts";
import { scopesOf } from "./routes.ts";

/** Throws InvalidRequest where the deployment demands a reason of this route and has none. */
export function assertReason(routeKey: string, { reason }: Record<string, unknown>): void {
  const isActByHand = routeKey.startsWith("POST ") && scopesOf(routeKey).every((scope) => scope === "ops");
  if (!isActByHand || scopesOf(routeKey).length === 0 || !demandsReasons()) return;
  if (typeof reason === "string" ? reason.trim() !== "" : reason !== undefined) return;
  throw new InvalidRequest("the request has errors", [
    { pointer: "/reason", detail: "is required: say why" },
  ]);
}
