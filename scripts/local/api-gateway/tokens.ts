// Access tokens as Cognito signs them (RS256). The key is this stack's own and outlives it: a token
// stays good when the stack starts again, also on another port. Locally the client is the merchant.
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";

const ALGORITHM = "RS256";
/** Not the stack's URL, which changes with the port. */
const ISSUER = "urn:contra:local";
const AUDIENCE = "contra";
/** Cognito's default. */
export const LIFETIME_SECONDS = 3600;

export type Tokens = {
  /** `more` are further claims, and other ones. */
  sign: (clientId: string, scope: string, lifetimeSeconds?: number, more?: JWTPayload) => Promise<string>;
  /** The claims of a token that is ours and not expired. Throws jose's error otherwise. */
  verify: (token: string) => Promise<JWTPayload>;
  /** The public keys, as `/.well-known/jwks.json` shows them. */
  keySet: { keys: JWK[] };
};

/** Tokens signed with the key in `file`. A missing key is made. */
export async function openTokens(file: string): Promise<Tokens> {
  const jwk = await readKey(file);
  const { kty, n, e, kid } = jwk;
  const publicJwk = { kty, n, e, kid, alg: ALGORITHM, use: "sig" } as JWK;
  const privateKey = await importJWK(jwk, ALGORITHM);
  const publicKey = await importJWK(publicJwk, ALGORITHM);
  const expected = { issuer: ISSUER, audience: AUDIENCE, algorithms: [ALGORITHM], requiredClaims: ["exp"] };
  return {
    sign: (clientId, scope, lifetimeSeconds = LIFETIME_SECONDS, more = {}) =>
      new SignJWT({ client_id: clientId, merchant_id: clientId, scope, token_use: "access", ...more })
        .setProtectedHeader({ alg: ALGORITHM, kid: String(kid) })
        .setSubject(clientId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(privateKey),
    verify: async (token) => (await jwtVerify(token, publicKey, expected)).payload,
    keySet: { keys: [publicJwk] },
  };
}

async function readKey(file: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const named = { ...jwk, kid: await calculateJwkThumbprint(jwk) };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(named), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return named;
}
