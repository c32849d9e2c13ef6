// The parts of `make bench`. Each starts stacks of its own, in memory, and ends them.
import { RAILS, type Rail } from "../capacity/costs.ts";
import { type OwnStack, startStack } from "../lib/own-stack.ts";
import { memoryOf, processesOf } from "../lib/stack-processes.ts";
import { BenchClient } from "./client.ts";
import { warmUp, weigh } from "./functions.ts";
import { growth } from "./growth.ts";
import { type Load, measureLoad, sumOf } from "./load.ts";
import type { Overload, Pace, Section } from "./result.ts";
import type { Tree } from "./trees.ts";
import { byTurns } from "./turns.ts";

export type Asked = { trees: readonly Tree[]; scale: number; tell: (line: string) => void };

/** Payments on their way at a time, as in the proof `throughput`. */
const WIDTH = 20;
const PAYER = { merchant: "bench" };
/** Payments per second that two quiet cores carry with ease. */
const PACE: Record<Rail, number> = { card: 5, stablecoin: 2 };
const PACED: Record<Rail, number> = { card: 500, stablecoin: 200 };
const CROWD = 4;

const sized = (full: number, scale: number): number => Math.max(2, Math.round(full * scale));
/** Turns of two trees; one tree alone takes one. */
const turnsOf = ({ trees, scale }: Asked): number => (trees.length < 2 ? 1 : scale < 1 ? 2 : 3);

export async function onStack<T>(
  { root }: Tree,
  run: (stack: OwnStack, client: BenchClient, readySeconds: number) => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const stack = await startStack({ timeScale: 1, root, env: { CONTRA_TABLES: "memory" } });
  const ready = (performance.now() - began) / 1000;
  try {
    return await run(stack, new BenchClient(stack.url), ready);
  } finally {
    await stack.stop();
  }
}

const said = ({ completed, payments, perSecond, post, cpu }: Load): string =>
  `${completed} of ${payments} completed, ${perSecond.toFixed(1)}/s, POST p50 ${post.p50.toFixed(0)} ms, ` +
  `p95 ${post.p95.toFixed(0)} ms, ${sumOf(cpu).toFixed(2)} CPU-s each`;

/** As many as get through, on a stack that is warm. */
const calls = (asked: Asked) =>
  byTurns(asked.trees, turnsOf(asked), (tree, turn) =>
    onStack(tree, async (stack, client) => {
      const loads = {} as Record<Rail, Load>;
      for (const rail of RAILS) {
        const count = sized(rail === "card" ? 200 : 100, asked.scale);
        await client.payAtOnce(rail, Math.min(count, WIDTH), WIDTH, [PAYER]);
        loads[rail] = await measureLoad(stack, client, () => client.payAtOnce(rail, count, WIDTH, [PAYER]));
        asked.tell(`turn ${turn}, ${tree.name}, ${rail}: ${said(loads[rail])}`);
      }
      return loads;
    }),
  );

/** At a quiet pace, from a fresh stack on. */
const pace = (asked: Asked) =>
  byTurns(asked.trees, turnsOf(asked), (tree, turn) =>
    onStack(tree, async (stack, client, ready): Promise<Pace> => {
      const idle = megabytes(stack);
      const first = await firstPayment(client);
      const rails = {} as Record<Rail, Load>;
      let after = idle;
      for (const rail of RAILS) {
        const count = sized(PACED[rail], asked.scale);
        rails[rail] = await measureLoad(stack, client, () =>
          client.payAtRate(rail, count, PACE[rail], PAYER),
        );
        asked.tell(`turn ${turn}, ${tree.name}, ${rail}: ${said(rails[rail])}`);
        if (rail === "card") after = megabytes(stack);
      }
      return { ready, first, memory: { idle, after }, rails };
    }),
  );

const megabytes = ({ home }: OwnStack): number =>
  Object.values(processesOf(home)).reduce((sum, pid) => sum + memoryOf(pid).rss, 0);

/** Seconds from the first POST of a fresh stack until its payment is COMPLETED. */
async function firstPayment(client: BenchClient): Promise<number> {
  const began = performance.now();
  const posted = await client.pay("card", PAYER);
  while ((await client.wholeMs(posted)) === undefined);
  return (performance.now() - began) / 1000;
}

/** Four times as many as the stack carries, and what that makes of each payment's work. */
const overload = (asked: Asked) =>
  byTurns(asked.trees, turnsOf(asked), (tree, turn) =>
    onStack(tree, async (stack, client): Promise<Overload> => {
      const count = sized(200, asked.scale);
      await client.payAtOnce("card", Math.min(count, WIDTH), WIDTH, [PAYER]);
      const quiet = await measureLoad(stack, client, () =>
        client.payAtRate("card", count, PACE.card / 2, PAYER),
      );
      const { perSecond: rate } = await measureLoad(stack, client, () =>
        client.payAtOnce("card", count, WIDTH, [PAYER]),
      );
      const crowded = await measureLoad(stack, client, () =>
        client.payAtRate("card", count, rate * CROWD, PAYER),
      );
      asked.tell(`turn ${turn}, ${tree.name}: ${said(crowded)}`);
      return { rate, quiet, crowded };
    }),
  );

export const measure: Record<Section, (asked: Asked) => Promise<unknown>> = {
  functions: async ({ trees, scale, tell }) => weigh(trees, sized(5, scale) | 1, tell),
  warm: ({ trees, scale, tell }) => warmUp(trees.at(-1) as Tree, sized(10, scale), tell),
  calls,
  pace,
  overload,
  growth: ({ trees, scale, tell }) => growth(trees.at(-1) as Tree, scale, tell),
};
