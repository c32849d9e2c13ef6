// `make demo`: starts its own stack, makes nine payments and prints the story of each as a small
// timeline. It ends with 0 only if every story ended as planned and the ledger agrees to the cent.
import { setTimeout as wait } from "node:timers/promises";
import { Contra, type Ledger } from "./demo/client.ts";
import { printStory, verdictOn } from "./demo/print.ts";
import { playAll, STORIES, type Story } from "./demo/stories.ts";
import { timeScale } from "./demo/time-scale.ts";
import { timelineOf } from "./demo/timeline.ts";
import { money } from "./demo/words.ts";
import { startStack } from "./lib/own-stack.ts";

const MOST_LOOKS = 40;
const LOOK_EVERY_MS = 250;

async function demo(): Promise<boolean> {
  console.log("Starting Contra …");
  const scale = timeScale(process.env);
  const stack = await startStack({ timeScale: scale });
  try {
    const contra = await Contra.at(stack.url, scale);
    console.log(
      `${STORIES.length} payments on ${stack.url}. Every wait is divided by ${scale}: a second here is ${scale} s elsewhere.`,
    );
    let asTold = true;
    let due = 0;
    await playAll(contra, async (story, id) => {
      const { agrees, credit } = await tell(contra, story, id);
      asTold &&= agrees;
      due += credit;
    });
    return (await tellLedger(contra, due)) && asTold;
  } finally {
    await stack.stop();
  }
}

/** Prints one story. `credit` is what the merchant gets from the payment, in minor units. */
async function tell(contra: Contra, story: Story, id: string): Promise<{ agrees: boolean; credit: number }> {
  const payment = await contra.payment(id);
  const trail = await contra.trail(id);
  const operations = await contra.operations(id);
  const verdict = verdictOn(story, payment, operations);
  const moments = timelineOf({ trail, saga: await contra.saga(id), operations });
  printStory(STORIES.indexOf(story) + 1, story, moments, verdict);
  const fee = Number(trail.find(({ type }) => type === "payment.posted")?.data.fee ?? 0);
  const isCredit = payment.rail === "card" && payment.status === "COMPLETED";
  return { agrees: verdict.agrees, credit: isCredit ? payment.amount - fee : 0 };
}

/** Prints the balances. They follow the journals a moment later, so it looks several times. */
async function tellLedger(contra: Contra, due: number): Promise<boolean> {
  const isRight = ({ pending, available, balanced }: Ledger) =>
    balanced && Number(pending) === 0 && Number(available) === due;
  let ledger = await contra.ledger();
  for (let looks = 0; looks < MOST_LOOKS && !isRight(ledger); looks++) {
    await wait(LOOK_EVERY_MS);
    ledger = await contra.ledger();
  }
  const { pending, available, balanced } = ledger;
  const has = `${money(Number(available), "EUR")} available and ${money(Number(pending), "EUR")} pending`;
  console.log(`\nThe merchant has ${has}; captured less fees is ${money(due, "EUR")}.`);
  console.log(`All accounts ${balanced ? "sum to zero" : "DO NOT SUM TO ZERO"}.`);
  const holders = await contra.holders();
  console.log(holders === 0 ? "Nothing is in transit." : `${holders} PAYMENTS HOLD VALUE IN TRANSIT.`);
  return isRight(ledger) && holders === 0;
}

process.exitCode = (await demo()) ? 0 : 1;
