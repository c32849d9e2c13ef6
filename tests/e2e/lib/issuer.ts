// Issues the access tokens of the suite: it is the issuer that the applied API is told to trust.
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";

export const ISSUER = "https://issuer.contra.example";
export const AUDIENCE = "contra-e2e";
/** Cognito puts its resource server's name before a scope; Terraform's `scope_prefix` says the same. */
const SCOPES = "contra/payments:write contra/payments:read contra/ops";

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

  /** A merchant's token with every scope, unless the claims say otherwise. */
  token(merchant: string, { scope, audience, issuer, expires }: Claims = {}): Promise<string> {
    return new SignJWT({ merchant_id: merchant, client_id: merchant, scope: scope ?? SCOPES })
      .setProtectedHeader({ alg: "RS256", kid: "e2e" })
      .setIssuer(issuer ?? ISSUER)
      .setAudience(audience ?? AUDIENCE)
      .setSubject(merchant)
      .setIssuedAt()
      .setExpirationTime(expires ?? "2h")
      .sign(this.key);
  }
}
