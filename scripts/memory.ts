// `make memory`: how much of this machine's memory the whole local stack takes, idle and after 500
// payments, process by process, in MB. It starts its own stack and needs `ps`.
import { setTimeout as wait } from "node:timers/promises";
import { Contra } from "./demo/client.ts";
import { startStack } from "./lib/own-stack.ts";
import { type Memory, memoryOf, processesOf } from "./lib/stack-processes.ts";

const PAYMENTS = 500;
/** Payments at the same time, as a client would make them. */
const AT_ONCE = 10;
const PATIENCE_SECONDS = 300;
/** Milliseconds in which a stack that just started or answered comes to rest. */
const REST_MS = 5_000;

type Usage = Record<string, Memory>;

const usageOf = (home: string): Usage =>
  Object.fromEntries(Object.entries(processesOf(home)).map(([name, pid]) => [name, memoryOf(pid)]));

/** Pays: half of the payments are cards, half are conversions. */
async function pay(contra: Contra): Promise<void> {
  const ids: string[] = [];
  for (let posted = 0; posted < PAYMENTS; posted += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, index) =>
      index % 2 === 0 ? contra.pay(2_500) : contra.convert(2_500),
    );
    ids.push(...(await Promise.all(batch)));
  }
  for (const id of ids)
    await contra.until(id, "is completed", PATIENCE_SECONDS, ({ status }) => status === "COMPLETED");
}

function print(idle: Usage, after: Usage): void {
  const sum = (usage: Usage, of: keyof Memory): number =>
    Object.values(usage).reduce((total, memory) => total + (memory[of] ?? Number.NaN), 0);
  const line = (name: string, before: number, then: number) =>
    console.log(`${name.padEnd(24)}${before.toFixed(0).padStart(8)}${then.toFixed(0).padStart(24)}`);
  console.log(`${"resident MB".padEnd(24)}${"idle".padStart(8)}${`after ${PAYMENTS} payments`.padStart(24)}`);
  for (const [name, { rss }] of Object.entries(idle)) line(name, rss, after[name]?.rss ?? Number.NaN);
  line("all", sum(idle, "rss"), sum(after, "rss"));
  if (!Number.isNaN(sum(idle, "pss"))) line("all, shared pages once", sum(idle, "pss"), sum(after, "pss"));
}

const stack = await startStack({ timeScale: 1 });
try {
  await wait(REST_MS);
  const idle = usageOf(stack.home);
  const began = performance.now();
  await pay(await Contra.at(stack.url, 1));
  const seconds = (performance.now() - began) / 1000;
  await wait(REST_MS);
  print(idle, usageOf(stack.home));
  console.log(`${PAYMENTS} payments, half of each rail, within ${seconds.toFixed(0)} s`);
} finally {
  await stack.stop();
}
