// `make token MERCHANT=m1`: prints an access token of the running stack, which it finds by its
// home. SCOPE narrows the token (`payments:read ops`). URL names another stack.
import { runningStack } from "./lib/running-stack.ts";

const { MERCHANT, SCOPE, URL: given } = process.env;

async function printToken(): Promise<void> {
  if (!MERCHANT) throw new Error("name the merchant: MERCHANT=m1");
  const url = given || runningStack().url;
  const basic = Buffer.from(`${encodeURIComponent(MERCHANT)}:local`).toString("base64");
  const form = new URLSearchParams({ grant_type: "client_credentials", ...(SCOPE ? { scope: SCOPE } : {}) });
  const answer = await fetch(`${url}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: form,
  }).catch((error: Error) => {
    throw new Error(`no stack answers on ${url} (${error.message}): start it with \`make run\``);
  });
  const { access_token, error_description } = (await answer.json()) as Record<string, string>;
  if (!access_token) throw new Error(`${url} refused: ${error_description}`);
  console.log(access_token);
}

await printToken().catch((error: Error) => {
  console.error(`contra: ${error.message}`);
  process.exitCode = 1;
});
