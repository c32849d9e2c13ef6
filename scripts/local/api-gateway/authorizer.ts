// The JWT authorizer of an HTTP API. It judges the token and never the scope: the function judges
// the scope, because it can say why.
import { errors, type JWTPayload } from "jose";
import { Unauthenticated } from "../../../functions/lib/errors/registry.ts";
import type { HttpRequest } from "./http-request.ts";
import { Refusal } from "./problems.ts";
import type { Tokens } from "./tokens.ts";

export type Claims = Record<string, string>;

/** The token's claims as API Gateway hands them on. Throws a Refusal with 401. */
export async function authorize({ headers }: HttpRequest, tokens: Tokens): Promise<Claims> {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (!token) {
    const detail = "send an access token: Authorization: Bearer …";
    throw new Refusal(new Unauthenticated(detail), { "www-authenticate": "Bearer" });
  }
  try {
    return asStrings(await tokens.verify(token));
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    const detail =
      error instanceof errors.JWTExpired ? "the access token has expired" : "the access token is not valid";
    const challenge = `Bearer error="invalid_token", error_description="${detail}"`;
    throw new Refusal(new Unauthenticated(detail), { "www-authenticate": challenge });
  }
}

/** API Gateway turns every claim into a string, a list into `[a b]`. */
const asStrings = (payload: JWTPayload): Claims =>
  Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(" ")}]` : String(value),
    ]),
  );
