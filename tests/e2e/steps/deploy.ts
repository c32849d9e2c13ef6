// A deploy of changed functions and a changed machine while payments run, and its rollback: nobody
// notices.
import { DescribeExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { claimAvailable, claimTrialBalance } from "../../proofs/lib/books.ts";
import { claim } from "../../proofs/lib/claims.ts";
import { type Client, concurrently, newMerchant } from "../../proofs/lib/client.ts";
import { booksOf, untilEnded } from "../../proofs/lib/ending.ts";
import { patiently } from "../../proofs/lib/patience.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { Root } from "../lib/root.ts";
import { SLOW, Traffic } from "../lib/traffic.ts";
import type { World } from "../lib/world.ts";
import { claimNoChanges } from "./second-plan.ts";

const AMOUNT = 1_000;
/** After the default policy's fee of 150 basis points. */
const NET = 985n;
const PAUSE_MS = 400;
/**
 * The functions that the deploy changes: one that says which release it is, and two that move
 * money.
 */
const ANSWERS = "check-health";
const MOVE_MONEY = ["accept-payment", "capture-payment"];
const OLD = '{ status: "ok" }';
const NEW = '{ status: "ok", release: "next" }';

export const deploy = ({ root, first, aws }: World): Proof => ({
  claim:
    "a deploy and a rollback while payments run: no request fails, every saga ends on its version, in balance",
  async run({ client, figure }) {
    const merchant = newMerchant();
    await root.moveTraffic(first.name);
    const traffic = new Traffic(client, merchant, AMOUNT);
    const moves: number[] = [];
    const before = await versionsOf(root, first.name);
    const slow: Promise<void>[] = [];
    try {
      await traffic.pay();
      changeSources(root);
      for (const action of ["deploy", "rollback"] as const) {
        // A saga of this release that outlasts a rollback, whatever else runs just then.
        slow.push(traffic.pay(SLOW));
        const started = performance.now();
        await root.deploy(first.name, action);
        moves.push(Date.now());
        figure(`${action}, s`, Math.round((performance.now() - started) / 1000));
        // Five seconds are all that API Gateway gives this function, and its new version starts
        // cold.
        const { json: health } = await patiently("GET /health", () => client.request("GET", "/health"));
        const release = action === "deploy" ? "next" : undefined;
        claim.equal(`the ${action} moves the traffic`, health.release, release);
        // Before, between and after: one that belongs to this release alone.
        await traffic.pay();
      }
    } finally {
      await Promise.all([traffic.stop(), ...slow]);
    }
    figure("requests while it moved", traffic.requests);
    figure("failed", traffic.failed.length);
    claim.nothing("no request fails", traffic.failed);

    const ended = await concurrently(traffic.ids.length, 10, (index) =>
      endOf(client, merchant, traffic.ids[index] ?? ""),
    );
    claim.nothing("every payment completes as if nothing were going on", ended.flat());
    await claimTrialBalance(client, traffic.ids.length * 2);
    await claimAvailable(client, merchant, "EUR", NET * BigInt(traffic.ids.length));
    const after = await versionsOf(root, first.name);
    const published = Object.keys(after.functions).filter(
      (name) => after.functions[name] !== before.functions[name],
    );
    claim.equal("the deploy publishes what changed", published.sort(), [ANSWERS, ...MOVE_MONEY].sort());
    const executions = await executionsOf(new SFNClient(aws), traffic.ids, after.machine);
    const old = executions[0]?.version;
    const next = executions.find(({ startedAt }) => startedAt > (moves[0] ?? 0))?.version;
    const isNew = next !== undefined && next !== old;
    claim.equal("a saga begins on the new version after the deploy", isNew, true, { old, next });
    const across = moves.map((at, move) => {
      const running = executions.filter(({ startedAt, endedAt }) => startedAt < at && endedAt > at);
      return running.filter(({ version }) => version === (move === 0 ? old : next)).length;
    });
    claim.equal(
      "sagas end on their version after the traffic has moved, both times",
      across.map((count) => count > 0),
      moves.map(() => true),
      across,
    );
    await claimNoChanges(root, first.name);
    figure("payments, all completed", traffic.ids.length);
    figure("sagas that ended on their version after the deploy, and after the rollback", across.join(", "));
  },
});

/** What the latest apply published of each function, and the alias of the machine that pays. */
async function versionsOf(root: Root, workspace: string) {
  const { deployment, machine_arns } = (await root.outputs(workspace)) as {
    deployment: { functions: Record<string, { version: string }> };
    machine_arns: Record<string, string>;
  };
  const functions = Object.entries(deployment.functions).map(([name, { version }]) => [name, version]);
  return {
    functions: Object.fromEntries(functions) as Record<string, string>,
    machine: machine_arns["card-payment"] ?? "",
  };
}

/** The functions, and the machine. */
function changeSources(root: Root): void {
  root.edit(`functions/${ANSWERS}/handler.ts`, OLD, NEW);
  for (const name of MOVE_MONEY)
    root.edit(`functions/${name}/handler.ts`, /$/, '\nexport const release = "next";\n');
  root.edit("statemachines/card-payment.asl.yaml", 'Comment: "', 'Comment: "Next: ');
}

/** What is wrong with a payment that should have completed as if nothing were going on. */
async function endOf(client: Client, merchant: string, id: string): Promise<string[]> {
  const ending = await untilEnded(client, merchant, id, PAUSE_MS);
  const { wrong } = await booksOf(client, merchant, ending, AMOUNT);
  return ending.end === "COMPLETED" ? wrong : [`${id} ended ${ending.end}`, ...wrong];
}

type Ended = { version: string; startedAt: number; endedAt: number };

/** Claims that each has succeeded. */
function executionsOf(states: SFNClient, ids: string[], alias: string): Promise<Ended[]> {
  const machine = alias.slice(0, alias.lastIndexOf(":")).replace(":stateMachine:", ":execution:");
  return concurrently(ids.length, 10, async (index) => {
    const executionArn = `${machine}:${ids[index]}`;
    const found = await states.send(new DescribeExecutionCommand({ executionArn }));
    claim.equal("every execution succeeds", found.status, "SUCCEEDED", executionArn);
    return {
      version: found.stateMachineVersionArn ?? "",
      startedAt: found.startDate?.getTime() ?? 0,
      endedAt: found.stopDate?.getTime() ?? 0,
    };
  });
}
