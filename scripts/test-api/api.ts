// The smoke test's HTTP client, and the token with which it calls.

export type Answer = { status: number; headers: Headers; text: string };
type Order = { body?: unknown; key?: string; anonymous?: boolean };

/** Milliseconds, longer than API Gateway waits for a function. */
const ANSWERS_WITHIN_MS = 35_000;

export class Api {
  readonly endpoint: string;
  private readonly token: string;
  constructor(endpoint: string, token: string) {
    this.endpoint = endpoint;
    this.token = token;
  }

  async call(method: string, path: string, { body, key, anonymous }: Order = {}): Promise<Answer> {
    const answer = await fetch(this.endpoint + path, {
      method,
      headers: {
        ...(anonymous ? {} : { authorization: `Bearer ${this.token}` }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
}

type Environment = Record<string, string | undefined>;

/**
 * TOKEN as it is, or a token for CLIENT_ID and CLIENT_SECRET (client credentials by HTTP Basic).
 * Throws a sentence.
 */
export async function tokenFrom(env: Environment, endpoint: string): Promise<string> {
  const { TOKEN, CLIENT_ID, CLIENT_SECRET, TOKEN_ENDPOINT = `${endpoint}/oauth2/token` } = env;
  // The error of the first request would quote a malformed token.
  if (TOKEN && !/^\S+$/.test(TOKEN.trim())) throw new Error("TOKEN holds more than a token");
  if (TOKEN) return TOKEN.trim();
  if (!CLIENT_ID || !CLIENT_SECRET) throw new Error("set TOKEN, or CLIENT_ID and CLIENT_SECRET");
  const pair = `${encodeURIComponent(CLIENT_ID)}:${encodeURIComponent(CLIENT_SECRET)}`;
  const answer = await fetch(TOKEN_ENDPOINT, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
    signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
  });
  const { access_token } = (await answer.json().catch(() => ({}))) as { access_token?: string };
  if (!access_token) throw new Error(`${TOKEN_ENDPOINT} gave no token: ${answer.status}`);
  return access_token;
}
