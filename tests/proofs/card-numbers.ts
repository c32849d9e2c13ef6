// Which ids are refused as card numbers although they are none, and which writings of published
// test numbers are let in. The judge is a pure function, so no stack is needed.
import { readRequest } from "../../functions/accept-payment/payment-request.ts";
import { holdsCardNumber, withoutCardNumbers } from "../../functions/lib/domain/card-data.ts";
import { InvalidRequest } from "../../functions/lib/errors/registry.ts";
import { Random } from "../../scripts/lib/random.ts";
import * as ids from "../support/ordinary-ids.ts";
import { writeCard } from "../support/test-cards.ts";
import { claim } from "./lib/claims.ts";
import type { Context, Proof } from "./lib/proof.ts";

const OF_EACH = 10_000;
const WRITINGS = 2_000;
const SEED = 12;

type Maker = (random: Random, now: number) => string;
/** Fewer than one in a thousand of these are refused. */
const BOUNDED: Record<string, Maker> = {
  timestamps: ids.timestamp,
  "snowflakes of X and Discord": ids.snowflake,
  ULIDs: ids.ulid,
  "SHA-256 in hexadecimal": ids.sha256,
};
/** None of these is. */
const NEVER: Record<string, Maker> = {
  UUIDs: ids.uuid,
  "bar codes of 13 digits": ids.barCode,
  "telephone numbers": ids.telephone,
};
/** Whoever makes ids of random digits, or counts from an epoch of its own, makes some cards. */
const PRINTED: Record<string, Maker> = {
  "order numbers of 13 to 16 random digits": ids.orderNumber,
  "snowflakes of epochs of 2020, 2022 and 2024": ids.ownSnowflake,
};

export const proof: Proof = {
  claim: `of ${OF_EACH} ids each, timestamps, snowflakes and ULIDs are no cards; of ${WRITINGS} writings of test cards none is let in`,
  stack: "none",
  async run(context) {
    refusedIds(context);
    writingsLetIn(context);
  },
};

function refusedIds({ figure }: Context): void {
  const now = Date.now();
  const kinds = Object.entries({ ...BOUNDED, ...NEVER, ...PRINTED });
  for (const [kind, make] of kinds) {
    const random = new Random(SEED);
    const made = Array.from({ length: OF_EACH }, () => make(random, now));
    const refused = made.filter(holdsCardNumber);
    figure(`refused: ${kind}`, `${refused.length} of ${OF_EACH}`);
    if (kind in BOUNDED) {
      const isRare = refused.length * 1_000 < OF_EACH;
      claim.equal(`fewer than 1 in 1,000 ${kind} are refused`, isRare, true, refused.join(" "));
    }
    if (kind in NEVER) claim.nothing(`no ${kind} are refused`, refused);
  }
}

/** True when intake takes a payment with the text in its metadata. */
function isTaken(note: string): boolean {
  const body = { amount: 500, currency: "INR", user_id: "6f2c1e0a-94c5-4f5e-8a3c-0d3b4a5c6d7e" };
  try {
    readRequest({ ...body, metadata: { note } }, "key-1", { takesOrders: false, now: Date.now() });
    return true;
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return error.errors.some(({ pointer }) => pointer !== "/metadata/note");
  }
}

function writingsLetIn({ figure }: Context): void {
  const random = new Random(SEED);
  const written = Array.from({ length: WRITINGS }, () => writeCard(random));
  const letIn = written.filter(({ text }) => isTaken(text));
  const shown = written.filter(({ text }) => holdsCardNumber(withoutCardNumbers(text)));
  figure(
    "writings of test cards",
    `${written.length} of ${new Set(written.map(({ card }) => card)).size} cards`,
  );
  claim.equal("intake takes a text without one", isTaken("order-1748503543012"), true);
  figure("let in", letIn.length);
  figure("shown", shown.length);
  claim.nothing(
    "no writing of a test card is let in",
    letIn.map(({ text }) => text),
  );
  claim.nothing(
    "no writing of a test card is shown",
    shown.map(({ text }) => text),
  );
}
