// What a deploy asks an account before it builds in it. What cannot be read is said as such: the
// roles of an older bootstrap may not ask, and an endpoint that stands in for AWS may not know.

import { GetPolicyCommand, IAMClient, ListOpenIDConnectProvidersCommand } from "@aws-sdk/client-iam";
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { accountOf, callerOf } from "../lib/caller.ts";
import { signedCall } from "../lib/signed-call.ts";

export type Reading<Value> = { read: Value } | { unread: string };

/** A quota with the code that AWS gives it. */
export type Quota = { code: string; value: number };

/** GitHub's OpenID Connect provider among those of an account. */
export const githubIn = (providers: readonly string[]): string | undefined =>
  providers.find((arn) => arn.endsWith(":oidc-provider/token.actions.githubusercontent.com"));

/** Environments of Lambda: `held` are those that are reserved for the asked functions already. */
export type Concurrency = { most: number; unreserved: number; held: number };

export interface AccountPort {
  number(): Promise<Reading<string>>;
  isRegionOpen(): Promise<Reading<boolean>>;
  concurrency(ofFunctions: readonly string[]): Promise<Reading<Concurrency>>;
  startRate(): Promise<Reading<Quota>>;
  /** Whether the account has a managed policy of its own by this name. */
  hasPolicy(name: string): Promise<Reading<boolean>>;
  /** The ARNs of the account's OpenID Connect providers. */
  identityProviders(): Promise<Reading<string[]>>;
}

const START_RATE = "StartExecution throttle token refill rate per second";
/** As AWS's services say that they do not know a key: a Region that the account has not enabled. */
const UNKNOWN_KEY = /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature)(Exception)?$/;

type Listed = { QuotaName?: string; QuotaCode?: string; Value?: number };
type Page = { Quotas?: Listed[]; NextToken?: string };

async function reading<Value>(ask: () => Promise<Value>): Promise<Reading<Value>> {
  try {
    return { read: await ask() };
  } catch (error) {
    return unread(error as Error);
  }
}

/** As a line holds it: what stands in for AWS may answer with a page. */
const unread = ({ name, message }: Error): { unread: string } => ({
  unread: `${name}: ${message.split("\n")[0]}`,
});

/** Asked by the first who needs it; its answer, or its error, is everybody's. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

export function accountIn(region: string): AccountPort {
  const lambda = new LambdaClient({ region });
  const iam = new IAMClient({ region });
  const settings = once(() => lambda.send(new GetAccountSettingsCommand({})));
  const caller = once(() => callerOf("", undefined, region));
  const providers = async () => {
    const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
    return OpenIDConnectProviderList.map(({ Arn = "" }) => Arn);
  };

  return {
    number: () => reading(async () => accountOf(await caller())),

    async isRegionOpen() {
      try {
        await settings();
        return { read: true };
      } catch (error) {
        if (!UNKNOWN_KEY.test((error as Error).name)) return unread(error as Error);
        // IAM has one place for all Regions: where it knows the key, the Region is what is missing.
        return "read" in (await reading(providers)) ? { read: false } : unread(error as Error);
      }
    },

    concurrency: (names) =>
      reading(async () => {
        const { ConcurrentExecutions: most = 0, UnreservedConcurrentExecutions: unreserved = 0 } =
          (await settings()).AccountLimit ?? {};
        const held = await Promise.all(names.map((name) => reservedFor(lambda, name)));
        return { most, unreserved, held: held.reduce((all, one) => all + one, 0) };
      }),

    startRate: () =>
      reading(async () => {
        const quota =
          (await quotaIn(region, "ListServiceQuotas")) ??
          (await quotaIn(region, "ListAWSDefaultServiceQuotas"));
        if (!quota) throw new Error(`Service Quotas lists no "${START_RATE}"`);
        return { code: quota.QuotaCode ?? "", value: quota.Value ?? 0 };
      }),

    hasPolicy: (name) =>
      reading(async () => {
        const [, partition = "", , , account = ""] = (await caller()).split(":");
        const PolicyArn = `arn:${partition}:iam::${account}:policy/${name}`;
        try {
          await iam.send(new GetPolicyCommand({ PolicyArn }));
          return true;
        } catch (error) {
          if ((error as Error).name === "NoSuchEntityException") return false;
          throw error;
        }
      }),

    identityProviders: () => reading(providers),
  };
}

/** 0 for a function that does not exist yet. */
async function reservedFor(lambda: LambdaClient, FunctionName: string): Promise<number> {
  try {
    const found = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    return found.ReservedConcurrentExecutions ?? 0;
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return 0;
    throw error;
  }
}

/** By its name: AWS documents the quota's name, and no code of it. */
async function quotaIn(region: string, operation: string): Promise<Listed | undefined> {
  let NextToken: string | undefined;
  do {
    const { ok, status, text } = await signedCall({
      service: "servicequotas",
      endpointVariable: "AWS_ENDPOINT_URL_SERVICE_QUOTAS",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `ServiceQuotasV20190624.${operation}`,
      },
      body: JSON.stringify({ ServiceCode: "states", MaxResults: 100, ...(NextToken && { NextToken }) }),
      region,
    });
    if (!ok) throw new Error(`Service Quotas refuses ${operation}: ${status} ${typeIn(text)}`);
    const page = JSON.parse(text) as Page;
    const found = page.Quotas?.find(({ QuotaName }) => QuotaName === START_RATE);
    if (found) return found;
    NextToken = page.NextToken;
  } while (NextToken);
  return undefined;
}

/** The error's name in an answer of AWS, or as much of the answer as a line holds. */
const typeIn = (text: string): string => /"__type":\s*"([^"]+)"/.exec(text)?.[1] ?? text.slice(0, 80);
