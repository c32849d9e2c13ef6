// Payments that their merchant changes while they run: several at once, at random moments, on both
// rails. Nothing of a saga is delayed or done twice, and every change that was accepted is there.
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { STEPS_OF } from "../../functions/lib/domain/saga-definition.ts";
import { claimTrialBalance, untilQuiet } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { type Answer, type Client, concurrently, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import { convert } from "./lib/conversions.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";

const AT_ONCE = 10;
/** Of each payment: so many change it at the same time, and each so often. */
const CHANGERS = 3;
const CHANGES = 4;
const LONGEST_PAUSE_MS = 400;

type Rail = "card" | "stablecoin";
type Event = Json & { type: string; sequence?: number; change?: number; after_sequence?: number };
/** `made` are the changes that were accepted. */
type Changed = { id: string; rail: Rail; made: Json[]; refused: number };

export const proof: Proof = {
  claim: "100 payments, changed by several at once while they run: none delayed or double, no change lost",
  async run(context) {
    const { client, sized, figure } = context;
    const merchant = newMerchant();
    const count = Math.max(6, sized(100));
    await untilQuiet(client);
    const before = await client.counters();
    const changed = await concurrently(count, AT_ONCE, (n) => payAndChange(client, merchant, n));
    await untilQuiet(client);
    const after = await client.counters();
    for (const one of changed) await claimWhole(client, merchant, one);
    const calm = await concurrently(count, AT_ONCE, (n) => isCalm(client, String(changed[n]?.id)));
    await claimClosed(client, changed);
    await claimTrialBalance(client, 1);
    for (const step of STEPS_OF.card.slice(1, 4)) {
      const name = `lambda.invocations.${step}`;
      figure(`runs of ${step}`, (after[name] ?? 0) - (before[name] ?? 0));
    }
    const made = changed.reduce((sum, one) => sum + one.made.length, 0);
    figure("payments", count);
    figure("of them without a step that was tried again", calm.filter(Boolean).length);
    figure("changes accepted", made);
    figure(
      "changes refused as overtaken",
      changed.reduce((sum, one) => sum + one.refused, 0),
    );
    await claimEdges(context, merchant);
  },
};

async function payAndChange(client: Client, merchant: string, n: number): Promise<Changed> {
  const rail: Rail = n % 3 === 2 ? "stablecoin" : "card";
  const more = { description: "as accepted", metadata: { accepted: "yes" } };
  const id =
    rail === "card"
      ? await client.accepted(merchant, { amount: 10_000, currency: "EUR", user_id: randomUUID(), ...more })
      : await convert(
          client,
          merchant,
          { amount: 10_000, currency: "EUR", destination_currency: "JPY" },
          more,
        );
  const made: Json[] = [];
  let refused = 0;
  await Promise.all(
    Array.from({ length: CHANGERS }, async (_, who) => {
      for (let time = 0; time < CHANGES; time++) {
        await wait(randomInt(LONGEST_PAUSE_MS));
        // Only the first of them sets the description: a change that is sent again after a lost
        // answer would else change it back.
        const patch = {
          ...(who === 0 ? { description: `for the ${time}th time` } : {}),
          metadata: { [`k${who}-${time}`]: randomUUID() },
        };
        const { status, text } = await change(client, merchant, id, patch);
        if (status === 200) made.push(patch);
        else refused += 1;
        claim.oneOf("a change is accepted, or overtaken", status, [200, 409], text);
      }
    }),
  );
  const payment = await client.ended(merchant, id);
  claim.equal("every payment completes", payment.status, "COMPLETED", payment);
  return { id, rail, made, refused };
}

const change = (
  client: Client,
  merchant: string,
  id: string,
  body: unknown,
  headers: Json = {},
): Promise<Answer> =>
  patiently("a change", () => client.request("PATCH", `/payments/${id}`, { merchant, body, headers }));

/** What is shown, what was told and what the provider did, of one payment. */
async function claimWhole(
  client: Client,
  merchant: string,
  { id, rail, made, refused }: Changed,
): Promise<void> {
  const payment = await client.get(merchant, `/payments/${id}`);
  const { events } = (await client.get(merchant, `/payments/${id}/events`)) as { events: Event[] };
  const saga = events.filter(({ type }) => type !== "payment.updated");
  const updates = events.filter(({ type }) => type === "payment.updated");
  const numbers = (all: unknown[]) => all.map((_, index) => index + 1);
  const about = { id, events: events.map(({ event_id }) => event_id) };
  claim.equal(
    "the saga's sequence has no gap",
    saga.map(({ sequence }) => sequence),
    numbers(saga),
    about,
  );
  claim.equal(
    "the changes have no gap, and are in order",
    updates.map((one) => one.change),
    numbers(updates),
    about,
  );
  claim.atLeast("there is an event for each change that was accepted", updates.length, made.length, about);
  // One that was refused at last may have been made before, by a try whose answer was lost.
  claim.atMost("and for no other", updates.length, made.length + refused, about);
  claim.equal(
    "a change stands behind the event that it came after",
    events.toSorted((one, other) => placeOf(one) - placeOf(other)),
    events,
    about,
  );
  claim.equal("the version counts both", payment.version, saga.length + updates.length, about);
  claim.equal("the saga went its way once", saga.length, STEPS_OF[rail].length + 1, about);
  const steps = saga.map(({ type }) => type);
  claim.equal("no event of the saga is told twice", new Set(steps).size, steps.length, about);
  const metadata = Object.assign({ accepted: "yes" }, ...made.map((patch) => patch.metadata));
  const shown = payment.metadata as Json;
  claim.equal("every change that was accepted is shown", sorted(shown), sorted(metadata), about);
  const words = made.flatMap(({ description }) => description ?? []);
  claim.oneOf("the description is one that was accepted", payment.description, words, about);
  claim.nothing(
    "no event holds a value",
    [...Object.values(shown), ...words].filter(isIn(JSON.stringify(events))),
  );
  const effects = (await client.effects(id)).filter((effect) => effect.endsWith("succeeded"));
  claim.equal("the provider did everything once", effects.length, 2, { id, effects });
}

/**
 * True where no step was tried again. On a machine that is too slow a task times out and meets its
 * own next try: of the others none may have met a conflict.
 */
async function isCalm(client: Client, id: string): Promise<boolean> {
  const { text } = await patiently("a saga", () =>
    client.request("GET", `/sagas/${id}`, { merchant: OPERATOR }),
  );
  const isSlow = /Timeout|Timedout|OutcomeUnknown|ProviderUnavailable/.test(text);
  const isContended = text.includes("StoreContention");
  if (!isSlow) claim.equal("no step met a conflict that it had to try again for", isContended, false, text);
  return !isSlow && !isContended;
}

const placeOf = ({ sequence, change = 0, after_sequence }: Event): number =>
  (sequence ?? Number(after_sequence)) + change / 100;
const sorted = (members: Json): [string, unknown][] =>
  Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
const isIn =
  (text: string) =>
  (word: unknown): boolean =>
    text.includes(String(word));

/** Verified and out of the open index, whatever was changed on the way. */
async function claimClosed(client: Client, changed: Changed[]): Promise<void> {
  await client.until("every payment is closed", async () => {
    const items = await client.items();
    const open = changed.filter(({ id }) =>
      items.get(`payments PAYMENT#${id} PAYMENT`)?.includes('"open_shard"'),
    );
    return open.length === 0 ? true : undefined;
  });
  const items = await client.items();
  for (const { id } of changed) {
    const item = items.get(`payments PAYMENT#${id} PAYMENT`) ?? "";
    claim.equal("every payment is verified", item.includes('"verified_at"'), true, id);
  }
}

/** What a change may not do, and what is answered. */
async function claimEdges({ client, figure }: Context, merchant: string): Promise<void> {
  const reference = `order-${randomUUID()}`;
  const body = { amount: 500, currency: "EUR", user_id: randomUUID(), metadata: { sandbox: "" } };
  const held = await client.accepted(merchant, { ...body, reference });
  const id = await client.accepted(merchant, body);
  await client.ended(merchant, id);
  // Its completion is announced after that, which is one version more.
  await untilQuiet(client);
  const { version } = await client.get(merchant, `/payments/${id}`);
  const meant = { "if-match": `"${version}"` };
  const five = await concurrently(5, 5, (n) => change(client, merchant, id, { description: `${n}` }, meant));
  const statuses = five.map(({ status }) => status).sort();
  claim.equal("of five who read one version, one changes it", statuses, [200, 412, 412, 412, 412]);
  const codeOf = async (patch: unknown, asking = merchant): Promise<string> => {
    const { status, json } = await change(client, asking, id, patch);
    return `${status} ${json.code ?? "OK"}`;
  };
  claim.equal(
    "a reference of another payment stays there",
    await codeOf({ reference }),
    "409 ReferenceTaken",
    held,
  );
  claim.equal("one that is free is taken", await codeOf({ reference: `${reference}-2` }), "200 OK");
  claim.equal("the sandbox's orders stay", await codeOf({ metadata: null }), "400 InvalidRequest");
  const card = { metadata: { note: "4111 1111 1111 1111" } };
  claim.equal("no card number comes in by a change", await codeOf(card), "400 InvalidRequest");
  const stranger = newMerchant();
  const theirs = await change(client, stranger, id, { description: "x" });
  claim.equal("a stranger finds nothing", theirs.json.code, "NotFound", theirs.text);
  let taken = 2;
  for (; taken < 60; taken++) if ((await codeOf({ description: `time ${taken}` })) !== "200 OK") break;
  claim.equal("fifty changes are taken of one payment", taken, 50);
  claim.equal("and no more", await codeOf({ description: "once more" }), "409 TooManyChanges");
  figure("changes of one payment at most", taken);
}
