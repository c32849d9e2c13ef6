// Issues the access tokens of the suite. The applied API is configured to trust it.
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { scopesOf } from "../../proofs/lib/client.ts";

export const ISSUER = "https://issuer.contra.example";
export const AUDIENCE = "contra-e2e";
/**
 * Cognito puts its resource server's name before a scope; Terraform's `scope_prefix` says the same.
 */
const SCOPE_PREFIX = "contra/";

export type Claims = { scope?: string; audience?: string; issuer?: string; expires?: string };

export class Issuer {
  /** The public keys as a JWKS, for whoever verifies. */
  readonly keySet: string;
  private readonly key: CryptoKey;

  private constructor(key: CryptoKey, keySet: string) {
    this.key = key;
    this.keySet = keySet;
  }

  static async create(): Promise<Issuer> {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "e2e", alg: "RS256", use: "sig" };
    return new Issuer(privateKey, JSON.stringify({ keys: [jwk] }));
  }

  /** A token with what its client may ask for, unless the claims say otherwise. */
  token(client: string, { scope, audience, issuer, expires }: Claims = {}): Promise<string> {
    const scopes = scopesOf(client).map((name) => `${SCOPE_PREFIX}${name}`);
    return new SignJWT({ merchant_id: client, client_id: client, scope: scope ?? scopes.join(" ") })
      .setProtectedHeader({ alg: "RS256", kid: "e2e" })
      .setIssuer(issuer ?? ISSUER)
      .setAudience(audience ?? AUDIENCE)
      .setSubject(client)
      .setIssuedAt()
      .setExpirationTime(expires ?? "2h")
      .sign(this.key);
  }
}
