// Faults of the parts below the applied stack: work that is done while its answer is lost,
// conflicts, throttles. Whatever strikes, the payment ends as it should, and provider, trail and
// ledger agree about it.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { claimTrialBalance } from "../../proofs/lib/books.ts";
import { claim } from "../../proofs/lib/claims.ts";
import { type Client, newMerchant } from "../../proofs/lib/client.ts";
import { booksOf, type End, untilEnded } from "../../proofs/lib/ending.ts";
import { until } from "../../proofs/lib/patience.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { Control, Order } from "../lib/control.ts";
import type { World } from "../lib/world.ts";

type Row = {
  fault: string;
  /** Orders for what runs below us, and one for the provider. */
  orders: Order[];
  sandbox?: string;
  end: End;
  /** The sweep ends it, which gives every start a minute. */
  takesMinutes?: true;
};

const AMOUNT = 2_400;
/** How often the sweep comes: more often than on AWS, where nobody waits for it. */
const SWEEP_PAUSE_MS = 20_000;
const HAPPY = ["validate-payment", "authorize-payment", "post-ledger", "capture-payment", "notify-payment"];
const UNDO = ["reverse-ledger", "void-authorization", "fail-payment"];

const rowsOf = (prefix: string): Row[] => {
  const run = (name: string, order: Partial<Order>): Order => ({
    service: "lambda",
    operation: "Run",
    function: `${prefix}${name}`,
    ...order,
  });
  const lost = (name: string) => run(name, { error: "Sandbox.Timedout", after: true });
  const transaction = { service: "dynamodb", operation: "TransactWriteItems", count: 3, skip: 1 };
  const reasons = { CancellationReasons: [{ Code: "TransactionConflict", Message: "injected" }] };
  return [
    { fault: "every step is done and its answer lost", orders: HAPPY.map(lost), end: "COMPLETED" },
    {
      fault: "every step is throttled, and then its function dies, before it runs",
      orders: HAPPY.flatMap((name) => [
        run(name, { error: "Lambda.TooManyRequestsException" }),
        run(name, { error: "Runtime.ExitError" }),
      ]),
      end: "COMPLETED",
    },
    {
      fault: "the saga is started and nobody hears of it",
      orders: [
        {
          service: "states",
          operation: "StartExecution",
          error: "InternalFailure",
          status: 500,
          after: true,
        },
      ],
      end: "COMPLETED",
    },
    {
      fault: "the acceptance is written and its answer lost, until the client is told 503",
      orders: [
        {
          service: "dynamodb",
          operation: "TransactWriteItems",
          match: "payment.accepted",
          error: "InternalServerError",
          status: 500,
          count: 3,
          after: true,
        },
      ],
      end: "COMPLETED",
      takesMinutes: true,
    },
    {
      fault: "transactions conflict, and others are written and their answers lost",
      orders: [
        { ...transaction, error: "TransactionCanceledException", body: reasons },
        { ...transaction, error: "InternalServerError", status: 500, after: true },
      ],
      end: "COMPLETED",
    },
    {
      fault: "the bus takes no events for a while",
      orders: [
        { service: "events", operation: "PutEvents", error: "InternalException", status: 500, count: 3 },
      ],
      end: "COMPLETED",
    },
    {
      fault: "the capture is refused, every undo is done and its answer lost",
      orders: UNDO.map(lost),
      sandbox: "refused_capture",
      end: "FAILED",
    },
  ];
};

export const faults = ({ control, first }: World): Proof => ({
  claim:
    "lost answers, conflicts, throttles and dying functions: every payment ends as it should, and the books agree",
  async run({ client, figure, scale }) {
    const merchant = newMerchant();
    const wrong: string[] = [];
    let journals = 0;
    try {
      // One by one: a fault strikes whoever comes next.
      for (const row of rowsOf(first.prefix).filter((each) => scale >= 1 || !each.takesMinutes)) {
        await control.clearFaults();
        for (const order of row.orders) await control.fault(order);
        const paid = await swept(control, `${first.prefix}sweep-payments`, async () => {
          const books = await pay(client, merchant, row);
          // A stream's consumer gathers, and may be struck after its payment has ended.
          const none = async () => (await control.faultsLeft()) === 0 || undefined;
          await until(`every strike of "${row.fault}" came`, none);
          return books;
        });
        wrong.push(...paid.map((sentence) => `${row.fault}: ${sentence}`));
        journals += 2;
        figure(row.fault, row.end);
      }
    } finally {
      await control.clearFaults();
    }
    claim.nothing("every payment ends as it should, and the books agree", wrong);
    await claimTrialBalance(client, journals);
  },
});

/** Does the work while the sweep comes again and again: no clock of the emulator's calls it. */
async function swept<T>(control: Control, schedule: string, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const done = work().finally(() => over.abort());
  const sweeps = (async () => {
    while (!over.signal.aborted) {
      await wait(SWEEP_PAUSE_MS, undefined, { signal: over.signal }).catch(() => undefined);
      if (!over.signal.aborted) await control.tick(schedule);
    }
  })();
  const [result] = await Promise.all([done, sweeps]);
  return result;
}

/** Posts one payment and waits for its end; returns what is wrong with it. */
async function pay(client: Client, merchant: string, { sandbox, end }: Row): Promise<string[]> {
  const metadata = sandbox ? { metadata: { sandbox } } : {};
  const body = { amount: AMOUNT, currency: "EUR", user_id: randomUUID(), ...metadata };
  const id = await client.accepted(merchant, body);
  const ending = await untilEnded(client, merchant, id, 400);
  const { wrong } = await booksOf(client, merchant, ending, AMOUNT);
  return ending.end === end ? wrong : [`${id} ended ${ending.end}, not ${end}`, ...wrong];
}
