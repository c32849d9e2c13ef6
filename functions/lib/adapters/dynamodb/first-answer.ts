// The answer of an acceptance, as the first event's item keeps it for replays: the bytes without
// what is personal, and the hashes of the body. A replay reads the rest where it lies.
import { type DynamoDBClient, TransactGetItemsCommand } from "@aws-sdk/client-dynamodb";
import { type KeptFingerprint, MEMBER_CHARACTERS } from "../../domain/idempotency.ts";
import {
  erasedAnswer,
  erasedFingerprint,
  isIncomplete,
  type Personal,
  withoutPersonal,
  withPersonal,
} from "../../domain/personal-data.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Acceptance, Accepted } from "../../ports/payment-store.ts";
import { storeError, throughContention } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import { annotationsIn, eventKey, paymentKey } from "./payment-item.ts";

/**
 * `amount1aB_3c,currency…`: one short attribute, because EVENT#1 must stay below one write unit.
 */
const packMembers = (members: KeptFingerprint["members"]): string =>
  Object.entries(members)
    .map(([name, hash]) => `${name}${hash}`)
    .join(",");

const unpackMembers = (packed: string): KeptFingerprint["members"] =>
  Object.fromEntries(
    packed.split(",").map((pair) => [pair.slice(0, -MEMBER_CHARACTERS), pair.slice(-MEMBER_CHARACTERS)]),
  );

/** The attributes of EVENT#1's item beside the event. */
export const keptAnswer = ({ response, fingerprint, requestId }: Acceptance) => ({
  response: withoutPersonal(response),
  body_hash: fingerprint.body,
  members: packMembers(fingerprint.members),
  accepted_by: requestId,
});

const fingerprintIn = ({ body_hash, members }: Item): KeptFingerprint => ({
  members: unpackMembers(String(members?.S)),
  ...(body_hash?.S === undefined ? {} : { body: body_hash.S }),
});

/** What of these attributes an erasure writes anew; it removes `body_hash`. */
export const erasedAttributes = (first: Item) => ({
  response: erasedAnswer(String(first.response?.S)),
  members: packMembers(erasedFingerprint(fingerprintIn(first)).members),
});

/** What is answered to a key that was used before: `first` is its EVENT#1. */
export async function firstAnswer(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  first: Item,
  { payment, requestId }: Acceptance,
): Promise<Accepted> {
  if (first.accepted_by?.S === requestId) return { outcome: "created" };
  const kept = isIncomplete(String(first.response?.S))
    ? await readWhole(client, clock, table, payment.payment_id, first)
    : { first, personal: {} };
  const response = withPersonal(String(kept.first.response?.S), kept.personal);
  return { outcome: "known", response, fingerprint: fingerprintIn(kept.first) };
}

/**
 * The three items at one moment: reads one after another could see half of an acceptance, or of an
 * erasure, and answer other bytes than the first answer's.
 */
async function readWhole(
  client: DynamoDBClient,
  clock: Clock,
  TableName: string,
  paymentId: string,
  reported: Item,
): Promise<{ first: Item; personal: Personal }> {
  const Key = (sk: string): Item => toItem({ pk: paymentKey(paymentId), sk });
  const read = new TransactGetItemsCommand({
    TransactItems: [
      { Get: { TableName, Key: Key(eventKey(1)) } },
      { Get: { TableName, Key: Key("PAYMENT") } },
      { Get: { TableName, Key: Key("METADATA") } },
    ],
  });
  const { Responses = [] } = await throughContention(clock, () => client.send(read)).catch((error) =>
    Promise.reject(storeError(error)),
  );
  const [first = reported, payment, metadata] = Responses.map(({ Item }) => Item);
  return {
    first,
    personal: {
      ...(payment?.user_id?.S === undefined ? {} : { user_id: payment.user_id.S }),
      ...(metadata ? annotationsIn(metadata) : {}),
    },
  };
}
