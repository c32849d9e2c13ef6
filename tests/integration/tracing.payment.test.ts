// The segments of a whole card payment: every function on its way, bundled as the build does it,
// and the same with the AWS SDK, the X-Ray SDK and cls-hooked as they are. Names, parents and
// annotations are equal.
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { STEPS_OF } from "../../functions/lib/domain/saga-definition.ts";
import { answerAwsJson } from "../../scripts/local/common/aws-json.ts";
import { listen } from "../../scripts/local/common/http.ts";
import { PREFIX, PROVIDER_KEY, PROVIDER_WEBHOOK_SECRET } from "../../scripts/local/common/settings.ts";
import { type Bundling, withBundle } from "../support/bundled-program.ts";
import { ENVIRONMENT } from "../support/cold-start.ts";
import { openDatabase } from "../support/dynamodb.ts";
import { request } from "../support/http-event.ts";
import { type RunningPart, startPart } from "../support/local-part.ts";
import { closeServers, urlOf } from "../support/servers.ts";
import { type Daemon, startDaemon, type Told } from "../support/xray-daemon.ts";

const BODY = {
  rail: "card",
  amount: 1_000,
  currency: "EUR",
  user_id: "7f0c0d9e-5b52-4d8e-9a53-0d1f4b1c2a3b",
  metadata: { order: "7" },
};
const POSTED = request("POST /payments", { body: BODY, headers: { "idempotency-key": "key-1" } });
/** The functions on its way. */
const FUNCTIONS: readonly string[] = ["accept-payment", ...STEPS_OF.card];

const home = mkdtempSync(join(tmpdir(), "contra-traced-"));
let daemon: Daemon;
let cloud: Server;
let provider: RunningPart;

/** Step Functions, SSM and Secrets Manager, as far as these functions ask. */
const CLOUD = {
  StartExecution: () => ({ executionArn: "arn:aws:states:us-east-1:0:execution:a:b", startDate: 1 }),
  GetParametersByPath: () => ({ Parameters: [] }),
  GetSecretValue: () => ({
    SecretString: JSON.stringify({ key: PROVIDER_KEY, webhook_secrets: [PROVIDER_WEBHOOK_SECRET] }),
  }),
};

beforeAll(async () => {
  daemon = await startDaemon();
  cloud = await listen(0, (asked) => answerAwsJson(asked, CLOUD));
  provider = await startPart("sandbox", home);
});

afterAll(async () => {
  daemon.close();
  closeServers(cloud);
  await provider.stop();
  rmSync(home, { recursive: true, force: true });
});

/**
 * Runs the function that it is told to, of which alone it loads the handler. Lambda says the trace
 * once that is loaded.
 */
const PROGRAM = `
const HANDLERS = {
  ${FUNCTIONS.map((name) => `"${name}": () => import("./functions/${name}/handler.ts")`)}
};
HANDLERS[process.env.CONTRA_FUNCTION]().then(async ({ handler }) => {
  process.env._X_AMZN_TRACE_ID = process.env.TRACE;
  process.stdout.write(JSON.stringify(await handler(JSON.parse(process.env.EVENT), { awsRequestId: "1" })));
});
`;
/** Each function has a segment of its own. */
const segmentOf = (name: string): string => String(FUNCTIONS.indexOf(name) + 1).padStart(16, "0");

/** One payment from its request to its announcement. Each bundling has tables of its own. */
async function segmentsOf(bundled: Bundling): Promise<Told[]> {
  const database = await openDatabase();
  const env = {
    ...ENVIRONMENT,
    ...daemon.env,
    AWS_ACCESS_KEY_ID: database.accessKeyId,
    AWS_ENDPOINT_URL: urlOf(cloud),
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    CONTRA_PREFIX: PREFIX,
    // The provider's books are those of both.
    CONTRA_PROVIDER_URL: provider.url,
  };
  await withBundle(PROGRAM, bundled, async (run) => {
    const answerOf = async (name: string, event: unknown) => {
      const TRACE = `Root=1-67891233-abcdef012345678912345678;Parent=${segmentOf(name)};Sampled=1`;
      const printed = await run({ ...env, CONTRA_FUNCTION: name, TRACE, EVENT: JSON.stringify(event) });
      return JSON.parse(printed) as { statusCode?: number; body?: string };
    };
    const { statusCode, body = "{}" } = await answerOf("accept-payment", POSTED);
    expect(statusCode).toBe(202);
    const { payment_id } = JSON.parse(body) as { payment_id: string };
    for (const step of STEPS_OF.card)
      expect(await answerOf(step, { payment_id, execution: payment_id })).toEqual({});
  }).finally(database.close);
  return daemon.heard();
}

describe("the segments of a card payment", () => {
  it("are equal in names, parents and annotations, however its functions are bundled", async () => {
    const whole = await segmentsOf("whole");
    expect(new Set(whole.map(({ parent }) => parent))).toEqual(new Set(FUNCTIONS.map(segmentOf)));
    expect(new Set(whole.map(({ name, aws }) => `${name}.${aws.operation}`))).toEqual(
      new Set([
        "DynamoDB.GetItem",
        "DynamoDB.PutItem",
        "DynamoDB.Query",
        "DynamoDB.TransactWriteItems",
        "DynamoDB.UpdateItem",
        "SFN.StartExecution",
        "SSM.GetParametersByPath",
        "SecretsManager.GetSecretValue",
      ]),
    );
    expect(await segmentsOf("lean")).toEqual(whole);
  });
});
