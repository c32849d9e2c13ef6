// `make smoke WORKSPACE=dev`: pays on each rail through a workspace's API, by its sandbox, and
// checks the answers. Its input is `terraform output -json`. The payer is the first merchant of our
// own pool; with another issuer TOKEN, or CLIENT_ID, CLIENT_SECRET and TOKEN_ENDPOINT, say who.
// ENDPOINT names another address of the same API.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";

type Outputs = {
  api_endpoint?: { value: string };
  token_endpoint?: { value: string | null };
  user_pool_id?: { value: string | null };
  client_ids?: { value: Record<string, string> };
  deployment?: { value: { region: string } };
};

/** Who pays, as scripts/test-api.ts reads it. Throws a sentence where nobody is named. */
async function payer(outputs: Outputs): Promise<Record<string, string>> {
  const { TOKEN, CLIENT_ID } = process.env;
  if (TOKEN || CLIENT_ID) return {};
  const UserPoolId = outputs.user_pool_id?.value;
  const [, ClientId] =
    Object.entries(outputs.client_ids?.value ?? {}).find(([name]) => name.startsWith("merchant-")) ?? [];
  if (!UserPoolId || !ClientId)
    throw new Error(
      "the issuer is another's: set TOKEN, or CLIENT_ID, CLIENT_SECRET and TOKEN_ENDPOINT of a client of it",
    );
  const region = outputs.deployment?.value.region;
  const found = await new CognitoIdentityProviderClient({ ...(region && { region }) }).send(
    new DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
  );
  return {
    CLIENT_ID: ClientId,
    CLIENT_SECRET: found.UserPoolClient?.ClientSecret ?? "",
    TOKEN_ENDPOINT: outputs.token_endpoint?.value ?? "",
  };
}

async function smoke(): Promise<void> {
  const outputs = JSON.parse(await text(process.stdin)) as Outputs;
  const endpoint = process.env.ENDPOINT || outputs.api_endpoint?.value;
  if (!endpoint) throw new Error("nothing is deployed here: make deploy comes first");
  const env = { ...process.env, ...(await payer(outputs)) };
  const program = [
    "--disable-warning=ExperimentalWarning",
    join(import.meta.dirname, "test-api.ts"),
    endpoint,
  ];
  const { status } = spawnSync(process.execPath, program, { env, stdio: "inherit" });
  process.exitCode = status ?? 1;
}

await smoke().catch((error: Error) => {
  console.error(`contra: ${error.message}`);
  process.exitCode = 1;
});
