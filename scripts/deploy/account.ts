// What an account must have before a workspace is built in it. AWS refuses the rest half-way
// through an apply, or runs it too slowly. Each line says what is so, and what to do next.
import { type AccountPort, type Concurrency, githubIn, type Quota, type Reading } from "./account-port.ts";

/** What the workspace's settings ask of the account, as `terraform console` reads them. */
export type Needs = {
  region: string;
  concurrency: Record<string, { reserved: number | null; provisioned: number | null }>;
  consumers: Record<string, number>;
  permissions_boundary: string | null;
};

export type Verdict = "ok" | "note" | "not read" | "SHORT";
export type Finding = { verdict: Verdict; says: string; next?: string[] };

/**
 * Lambda leaves these to the functions that reserve none:
 * docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html.
 */
const ALWAYS_UNRESERVED = 100;
const CONCURRENCY_BY_DEFAULT = 1_000;
export const CONCURRENCY_CODE = "L-B99A9384";
/** The function that starts sagas from a queue, one with each call. */
const STARTER = "start-saga";
/** One environment of Lambda serves at most so many calls a second. */
const CALLS_PER_SECOND = 10;

export async function lookAt(workspace: string, needs: Needs, account: AccountPort): Promise<Finding[]> {
  const reserving = Object.entries(needs.concurrency).filter(([, { reserved }]) => reserved !== null);
  const names = reserving.map(([fn]) => `${workspace}-${fn}`);
  const findings = [
    accountFinding(await account.number()),
    regionFinding(needs, await account.isRegionOpen(), process.env.AWS_REGION),
    concurrencyFinding(workspace, needs, await account.concurrency(names)),
    startsFinding(workspace, needs, await account.startRate()),
    providerFinding(await account.identityProviders()),
    needs.permissions_boundary === null ? [] : await boundaryFinding(needs.permissions_boundary, account),
  ];
  return findings.flat();
}

function accountFinding(number: Reading<string>): Finding {
  if ("unread" in number) return { verdict: "not read", says: `account: ${number.unread}` };
  return { verdict: "ok", says: `account ${number.read}` };
}

function regionFinding({ region }: Needs, open: Reading<boolean>, shell: string | undefined): Finding[] {
  if ("unread" in open) return [{ verdict: "not read", says: `Region ${region}: ${open.unread}` }];
  if (!open.read)
    return [
      {
        verdict: "SHORT",
        says: `Region ${region}: it does not know this account's credentials`,
        next: ["enable the Region for the account (its page, AWS Regions), or name another in the settings"],
      },
    ];
  const ok: Finding = { verdict: "ok", says: `Region ${region}` };
  if (!shell || shell === region) return [ok];
  const says = `AWS_REGION is ${shell} here: whatever is run by hand for this workspace would look there`;
  return [ok, { verdict: "note", says, next: [`export AWS_REGION=${region}`] }];
}

function concurrencyFinding(workspace: string, needs: Needs, limit: Reading<Concurrency>): Finding {
  const name = `Lambda concurrency (${CONCURRENCY_CODE})`;
  if ("unread" in limit) return { verdict: "not read", says: `${name}: ${limit.unread}` };
  const settings = Object.values(needs.concurrency);
  const kept = sum(settings.map(({ reserved, provisioned }) => reserved ?? provisioned ?? 0));
  const { most, unreserved, held } = limit.read;
  if (kept === 0) return { verdict: "ok", says: `${name}: ${most}, and ${workspace} keeps none of it` };
  // What an earlier deploy reserved is taken from the account's figure already.
  const others = most - unreserved - held;
  const needed = others + kept + ALWAYS_UNRESERVED;
  const parts = [`${kept} for ${workspace}`, `${others} reserved by others`, `${ALWAYS_UNRESERVED} for all`];
  const says = `${name}: ${most} of ${needed}: ${parts.join(", ")}`;
  if (needed <= most) return { verdict: "ok", says };
  const value = Math.max(needed, CONCURRENCY_BY_DEFAULT);
  return {
    verdict: "SHORT",
    says,
    next: [
      askFor(needs.region, "lambda", CONCURRENCY_CODE, value),
      `or lower \`concurrency\` in terraform/environments/${workspace}.tfvars`,
    ],
  };
}

function startsFinding(workspace: string, needs: Needs, rate: Reading<Quota>): Finding {
  const name = "StartExecution a second";
  if ("unread" in rate) return { verdict: "not read", says: `${name}: ${rate.unread}` };
  const { code, value } = rate.read;
  const bound = needs.consumers[STARTER];
  if (bound === undefined) {
    const says = `${name} (${code}): ${value}, and nothing bounds ${STARTER} of ${workspace}`;
    return { verdict: "note", says, next: [`set \`consumers\` of ${STARTER} in its settings`] };
  }
  const most = bound * CALLS_PER_SECOND;
  const says = `${name} (${code}): ${value}, and ${workspace} starts ${most} at most`;
  if (most <= value) return { verdict: "ok", says };
  const lower = Math.floor(value / CALLS_PER_SECOND);
  return {
    verdict: "SHORT",
    says,
    next: [
      askFor(needs.region, "states", code, most),
      `or set \`consumers\` of ${STARTER} to ${lower} in terraform/environments/${workspace}.tfvars`,
    ],
  };
}

function providerFinding(providers: Reading<string[]>): Finding {
  const name = "GitHub's identity provider";
  if ("unread" in providers) return { verdict: "not read", says: `${name}: ${providers.unread}` };
  const arn = githubIn(providers.read);
  if (arn) return { verdict: "ok", says: `${name}: ${arn}` };
  const next = ["the bootstrap makes it, with the roles; a laptop's own credentials need none"];
  return { verdict: "note", says: `${name}: none, so no workflow can deploy here`, next };
}

/** GitHub's roles may not ask, and need not: one bootstrap makes them and the boundary. */
async function boundaryFinding(name: string, account: AccountPort): Promise<Finding[]> {
  const stands = await account.hasPolicy(name);
  if ("unread" in stands || stands.read) return [];
  const says = `permissions boundary ${name}: the account has none, and no role is made without it`;
  return [{ verdict: "SHORT", says, next: ["make bootstrap makes it, with a place for the state"] }];
}

const askFor = (region: string, service: string, code: string, value: number): string =>
  `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${value}`;

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** What `terraform console` prints of `jsonencode({…})`: a JSON text between quotes. */
export function needsFrom(printed: string): Needs {
  try {
    return JSON.parse(JSON.parse(printed.trim()));
  } catch (cause) {
    throw new Error(`Terraform does not say what the workspace needs: ${printed.trim()}`, { cause });
  }
}

/** What is so, and what to do next below it. */
export const printed = (workspace: string, findings: readonly Finding[]): string =>
  [
    `before anything is created for ${workspace}:`,
    ...findings.flatMap(({ verdict, says, next = [] }) => [
      `  ${verdict.padEnd(8)}  ${says}`,
      ...next.map((line) => `            ${line}`),
    ]),
    "",
  ].join("\n");
