// `make token MERCHANT=m1`: prints an access token of the running stack. SCOPE narrows it (`payments:read ops`); URL or PORT says
// where the stack is.
const { MERCHANT, SCOPE, PORT = "3000", URL: url = `http://localhost:${PORT || "3000"}` } = process.env;

async function printToken(): Promise<void> {
  if (!MERCHANT) throw new Error("name the merchant: MERCHANT=m1");
  const basic = Buffer.from(`${encodeURIComponent(MERCHANT)}:local`).toString("base64");
  const form = new URLSearchParams({ grant_type: "client_credentials", ...(SCOPE ? { scope: SCOPE } : {}) });
  const answer = await fetch(`${url}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: form,
  }).catch((error: Error) => {
    throw new Error(`no stack answers on ${url} (${error.message}): start one with make run`);
  });
  const { access_token, error_description } = (await answer.json()) as Record<string, string>;
  if (!access_token) throw new Error(`${url} refused: ${error_description}`);
  console.log(access_token);
}

await printToken().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
