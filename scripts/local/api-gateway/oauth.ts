// `POST /oauth2/token`: the client credentials grant as Cognito offers it. Locally any non-empty
// secret is good, and the client id becomes the merchant id. Errors are OAuth's (RFC 6749 §5.2) and
// not problem documents, because clients expect that here.
import { withoutCardNumbers } from "../../../functions/lib/domain/card-data.ts";
import { type Answer, type HttpRequest, jsonAnswer } from "./http-request.ts";
import { LIFETIME_SECONDS, type Tokens } from "./tokens.ts";

const SCOPES = ["payments:write", "payments:read", "ops"];

const refuse = (status: 400 | 401, error: string, description: string): Answer =>
  jsonAnswer(
    status,
    { error, error_description: description },
    {
      "cache-control": "no-store",
      ...(status === 401 ? { "www-authenticate": 'Basic realm="contra"' } : {}),
    },
  );

/** Answers with an access token or an OAuth error. */
export async function grantToken({ headers, body }: HttpRequest, tokens: Tokens): Promise<Answer> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "")) {
    return refuse(400, "invalid_request", "the body must be application/x-www-form-urlencoded");
  }
  const form = new URLSearchParams(body.toString());
  const clientId = clientOf(headers.authorization);
  if (!clientId) return refuse(401, "invalid_client", "send client id and secret by HTTP Basic");
  const grant = form.get("grant_type");
  if (!grant) return refuse(400, "invalid_request", "grant_type is missing");
  if (grant !== "client_credentials") return refuse(400, "unsupported_grant_type", "only client_credentials");

  const scopes = (form.get("scope") || SCOPES.join(" ")).split(" ").filter(Boolean);
  const unknown = scopes.filter((scope) => !SCOPES.includes(scope.replace(/^contra\//, "")));
  if (unknown.length > 0)
    return refuse(400, "invalid_scope", withoutCardNumbers(`there is no scope ${unknown.join(", ")}`));
  const scope = scopes.join(" ");
  const token = {
    access_token: await tokens.sign(clientId, scope),
    token_type: "Bearer",
    expires_in: LIFETIME_SECONDS,
    scope,
  };
  return jsonAnswer(200, token, { "cache-control": "no-store" });
}

/** The client id of `Basic base64(id:secret)`; undefined unless both are there. */
function clientOf(authorization = ""): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  if (!encoded) return undefined;
  const [id = "", ...secret] = Buffer.from(encoded, "base64").toString().split(":");
  return id && secret.join(":") ? decoded(id) : undefined;
}

/** RFC 6749 §2.3.1: the id is form-encoded inside Basic. */
function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id.replaceAll("+", " "));
  } catch {
    return undefined; // The caller answers invalid_client.
  }
}
