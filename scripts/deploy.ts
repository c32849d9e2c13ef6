// `terraform output -json deployment | node scripts/deploy.ts deploy|rollback|status`: moves
// traffic to what the last apply published, or back. AT_ONCE=1 deploys without a canary.
// `terraform console | node scripts/deploy.ts account <workspace>`: what the account lacks.
import { text } from "node:stream/consumers";
import { lookAt, needsFrom, printed } from "./deploy/account.ts";
import { accountIn } from "./deploy/account-port.ts";
import { aws } from "./deploy/aws.ts";
import type { World } from "./deploy/aws-port.ts";
import { deploy, rollback } from "./deploy/deploy.ts";
import { type Deployment, deploymentFrom, numberOf } from "./deploy/deployment.ts";

async function printStatus(deployment: Deployment, world: World): Promise<void> {
  const { phase = "nothing was deployed yet" } = await world.readRecord();
  console.log(`${deployment.release}: ${phase}`);
  const print = (
    name: string,
    { version, also }: { version: string; also?: string },
    published: string,
  ): void =>
    console.log(
      `  ${name.padEnd(28)} ${version}${also ? ` and ${also}` : ""}${version === published ? "" : `, published ${published}`}`,
    );
  for (const [name, target] of Object.entries(deployment.functions)) {
    print(name, await world.readFunction(target), target.version);
  }
  for (const [name, target] of Object.entries(deployment.machines)) {
    const { version_arn } = target;
    print(name, await world.readMachine(target), numberOf(version_arn));
  }
}

/** Throws when the account is short of something: nothing may be created in it then. */
async function printAccount(workspace: string): Promise<void> {
  const needs = needsFrom(await text(process.stdin));
  const findings = await lookAt(workspace, needs, accountIn(needs.region));
  process.stdout.write(printed(workspace, findings));
  const short = findings.filter(({ verdict }) => verdict === "SHORT").length;
  if (short > 0) throw new Error(`the account is short of ${short === 1 ? "one thing" : `${short} things`}`);
}

async function main(): Promise<void> {
  const [, , what, workspace = ""] = process.argv;
  if (what === "account") return printAccount(workspace);
  const deployment = deploymentFrom(await text(process.stdin));
  const world = aws(deployment);
  if (what === "deploy") await deploy(deployment, world, Boolean(process.env.AT_ONCE));
  else if (what === "rollback") await rollback(deployment, world);
  else if (what !== "status") throw new Error("say deploy, rollback, status or account");
  if (what === "status") return printStatus(deployment, world);
  const done =
    what === "deploy" ? "all traffic is on what was published" : "all traffic is on the release before";
  console.log(`${deployment.release}: ${done}`);
}

await main().catch((error: Error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
