// A provider's word past what it promised. Its keys are believed for no time here: a tombstone that
// we order then proves nothing, though the provider also tells of it by webhook. And what it
// refused stays refused, though it has forgotten that.
import { startStack } from "../support/stack.ts";
import { claim } from "./lib/claims.ts";
import { Client, concurrently, failureOf, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import { type Ending, untilEnded } from "./lib/ending.ts";
import { booked, deedsOf, findingsOf, lostValue, ordered, type Rail } from "./lib/ordered.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";

const AMONG_MANY_MS = 500;
/** Higher, and a busy machine's slowness is a lost answer, of a key that is forgotten at once. */
const TIME_SCALE = 4;

/** An operation whose answer and webhook were lost, and whose key is forgotten before we ask. */
type Forgotten = {
  rail: Rail;
  operation: string;
  /** Where its payment waits for a person, and how it ends once a person said that it happened. */
  parksAt: string;
  ends: Ending["end"];
  /** False where nobody forbids what may have happened: it is only asked for. */
  isForbidden: boolean;
};

const FORGOTTEN: Forgotten[] = [
  { rail: "card", operation: "authorize", parksAt: "VoidAuthorization", ends: "FAILED", isForbidden: true },
  { rail: "card", operation: "capture", parksAt: "ResolveCapture", ends: "COMPLETED", isForbidden: true },
  {
    rail: "stablecoin",
    operation: "on_ramp",
    parksAt: "ResolveOnRamp",
    ends: "COMPLETED",
    isForbidden: false,
  },
  {
    rail: "stablecoin",
    operation: "off_ramp",
    parksAt: "ResolveOffRamp",
    ends: "COMPLETED",
    isForbidden: true,
  },
];

/** An operation that is refused, its step's own answer lost, and the refusal forgotten. */
type Refused = { rail: Rail; operation: string; step: string; code: string; books: string[] };

const REFUSED: Refused[] = [
  {
    rail: "card",
    operation: "authorize",
    step: "authorize-payment",
    code: "CardDeclined",
    books: ["authorize refused"],
  },
  {
    rail: "card",
    operation: "capture",
    step: "capture-payment",
    code: "CaptureDeclined",
    books: ["authorize", "capture refused", "void"],
  },
  {
    rail: "stablecoin",
    operation: "on_ramp",
    step: "on-ramp",
    code: "OnRampDeclined",
    books: ["on_ramp refused"],
  },
  {
    rail: "stablecoin",
    operation: "off_ramp",
    step: "off-ramp",
    code: "OffRampDeclined",
    books: ["on_ramp", "off_ramp refused", "reverse_on_ramp"],
  },
];

export const proof: Proof = {
  claim: "a forgotten key proves nothing, told or answered: it parks; a refusal stands, forgotten or not",
  stack: "none",
  async run(context) {
    await onItsStack({}, (client) => refusalsStand({ ...context, client }));
    await onItsStack({ CONTRA_KEY_TTL_SECONDS: "0" }, (client) =>
      forgottenKeysProveNothing({ ...context, client }),
    );
  },
};

async function onItsStack(
  env: Record<string, string>,
  run: (client: Client) => Promise<void>,
): Promise<void> {
  const stack = await startStack({ env: { CONTRA_TIME_SCALE: String(TIME_SCALE), ...env } });
  try {
    await run(new Client(stack.url));
  } finally {
    await stack.stop();
  }
}

/** One after the other: a fault of a function strikes whoever comes next. */
async function refusalsStand({ client, sized, figure }: Context): Promise<void> {
  const rounds = sized(5);
  let lost = 0;
  for (let round = 0; round < rounds; round += 1)
    for (const refused of REFUSED) {
      const { rail, operation, step } = refused;
      const merchant = newMerchant();
      await client.fault({ target: step, fault: "fail_after", count: 1 });
      const forgets = `expired_key_query_x1,expired_key_${operation}_x1,lost_webhook_${operation}`;
      const plan = `refused_${operation}_x1,${forgets}`;
      const id = await ordered(client, merchant, rail, plan);
      await untilEnded(client, merchant, id, AMONG_MANY_MS);
      await claimRefused(client, merchant, id, refused);
      lost += await failuresOf(client, id);
    }
  claim.atLeast("the step's answer is lost each time", lost, rounds * REFUSED.length);
  figure("refused, their steps' answers lost, the refusals forgotten", rounds * REFUSED.length);
}

async function claimRefused(
  client: Client,
  merchant: string,
  id: string,
  { operation, code, books }: Refused,
): Promise<void> {
  const payment = await client.get(merchant, `/payments/${id}`);
  claim.equal("a refused payment fails", payment.status, "FAILED", payment);
  claim.equal("it says who refused it", failureOf(payment).code, code, payment);
  claim.equal("nothing is sent again after a refusal", await booked(client, id), books, { id, operation });
  claim.nothing(
    "no value is lost by a refusal",
    lostValue(String(payment.status), await deedsOf(client, id)),
  );
  claim.equal("a refusal leaves no finding", await findingsOf(client, OPERATOR, id), [], id);
}

/** How often a task of the payment's saga failed without an error of its own. */
async function failuresOf(client: Client, id: string): Promise<number> {
  const { events } = (await client.get(OPERATOR, `/sagas/${id}`)) as { events: Json[] };
  return events.filter(({ type }) => type === "LambdaFunctionFailed").length;
}

async function forgottenKeysProveNothing({ client, sized, figure }: Context): Promise<void> {
  const cases = Array.from({ length: sized(5) }, () => FORGOTTEN).flat();
  const figures = { parked: 0, told: 0 };
  await concurrently(cases.length, cases.length, async (index) => {
    const forgotten = cases[index] as Forgotten;
    const { rail, operation, parksAt, ends, isForbidden } = forgotten;
    const merchant = newMerchant();
    const plan = `lost_${operation}_x1,lost_webhook_${operation},expired_key_query,expired_key_tombstone`;
    const id = await ordered(client, merchant, rail, plan);
    const { end, at } = await untilEnded(client, merchant, id, AMONG_MANY_MS);
    const about = { id, operation, books: await booked(client, id) };
    const isParked = claim.equal("what nobody can know is parked", [end, at], ["PARKED", parksAt], about);
    await claimNothingTakenBack(client, id, operation);
    if (isForbidden && (await claimToldInVain(client, id, operation))) figures.told += 1;
    if (!isParked) return;
    figures.parked += 1;
    await sayThatItHappened(client, id, operation);
    const last = await client.until(`payment ${id} ends`, async () => {
      const now = await untilEnded(client, merchant, id, AMONG_MANY_MS);
      return now.end === "PARKED" ? undefined : now;
    });
    claim.equal("a person's word ends it", last.end, ends, { ...about, last });
    claim.nothing("no value is lost in the end", lostValue(last.end, await deedsOf(client, id)));
  });
  figure("keys forgotten", cases.length);
  figure("parked for a person", figures.parked);
  figure("tombstones told of in vain", figures.told);
}

/** What happened stands, and nothing was undone on the word of a tombstone. */
async function claimNothingTakenBack(client: Client, id: string, operation: string): Promise<void> {
  const books = await booked(client, id);
  claim.equal("what was lost did happen", books.includes(operation), true, { id, books });
  const undone = books.filter((deed) => deed.startsWith("void") || deed.startsWith("reverse_on_ramp"));
  claim.equal("nothing is undone on the word of a tombstone", undone, [], { id, operation, books });
}

/** The provider set the tombstone and told of it, and the word decides nothing. */
async function claimToldInVain(client: Client, id: string, operation: string): Promise<boolean> {
  const books = await booked(client, id);
  const isOrdered = books.includes(`${operation} tombstoned`);
  if (!claim.equal("we order a tombstone", isOrdered, true, { id, books })) return false;
  const fact = await client.until(`the tombstone of ${id} is told of`, async () => {
    const { facts } = (await client.get(OPERATOR, `/sagas/${id}`)) as { facts: Record<string, Json> };
    return facts[operation];
  });
  claim.equal(
    "the tombstone is told of, and doubted",
    [fact.state, typeof fact.doubt],
    ["tombstoned", "string"],
    {
      id,
      fact,
    },
  );
  const findings = await findingsOf(client, OPERATOR, id);
  claim.equal("a doubted word is a finding", findings.includes("provider-disagrees"), true, { id, findings });
  return true;
}

/** What an operator says who saw the provider's books. The sweep may be at work just now. */
async function sayThatItHappened(client: Client, id: string, operation: string): Promise<void> {
  const deed = (await deedsOf(client, id)).find(
    (one) => one.operation === operation && one.state === "succeeded",
  );
  const received = deed?.receive_amount === undefined ? {} : { received: deed.receive_amount };
  const learned = { operation, state: "succeeded", id: deed?.id, ...received };
  const path = `/sagas/${id}/redrive`;
  await client.until(`the operator's word about ${id} is taken`, async () => {
    const { status, text } = await patiently(path, () =>
      client.request("POST", path, { merchant: OPERATOR, body: { learned } }),
    );
    claim.oneOf("an operator's word is taken, or comes while the saga is at work", status, [202, 409], text);
    return status === 409 ? undefined : true;
  });
}
