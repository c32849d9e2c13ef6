// The rows of the fault table in which the provider fails: every fault, at every card operation,
// once and always. Each row says how its payment has to end, whatever the order of things.
import type { Json } from "./client.ts";
import type { End } from "./ending.ts";
import type { Rail } from "./ordered.ts";

export type Row = {
  fault: string;
  /** The provider's operation, or the part of ours that fails. */
  where: string;
  often: string;
  ends: End;
  /** A card's without it. */
  rail?: Rail;
  /** `metadata.sandbox` of the payment. */
  plan?: string;
  /** Orders for `POST /sandbox/faults`, all made before the payment is posted. */
  orders?: Json[];
};

const OFTEN = ["once", "always"] as const;
/** How the payment ends when the fault strikes once, and when it always strikes. */
type Ends = Record<(typeof OFTEN)[number], End>;
const both = (end: End): Ends => ({ once: end, always: end });
const COMPLETES = both("COMPLETED");
const FAILS = both("FAILED");
const FAILS_IN_THE_END: Ends = { once: "COMPLETED", always: "FAILED" };
/**
 * The undo, or the question what became of the capture, is never answered: only a person can tell.
 */
const UNDO_PARKS: Ends = { once: "FAILED", always: "PARKED" };
const ANSWER_PARKS: Ends = { once: "COMPLETED", always: "PARKED" };

type Fault = "refused" | "unavailable" | "lost" | "timeout" | "expired_key" | "sticky_500";
/**
 * An operation, what brings a payment to it, and how the payment ends under each fault when no
 * webhook arrives either.
 */
type Case = { where: string; operation: string; before: string[]; ends: Record<Fault, Ends> };

/**
 * Authorize and capture are alike: what may have happened is asked for, what cannot be had is
 * undone.
 */
const MONEY: Case["ends"] = {
  refused: FAILS,
  unavailable: FAILS_IN_THE_END,
  lost: COMPLETES,
  timeout: COMPLETES,
  expired_key: COMPLETES,
  sticky_500: FAILS,
};
/**
 * How a question is not answered makes no difference; one that is answered wrongly is answered by
 * the request itself.
 */
const question = (unanswered: Ends): Case["ends"] => ({
  refused: unanswered,
  unavailable: unanswered,
  lost: unanswered,
  timeout: unanswered,
  expired_key: COMPLETES,
  sticky_500: unanswered,
});

const AUTHORIZE: Case = { where: "authorize", operation: "authorize", before: [], ends: MONEY };
const CAPTURE: Case = { where: "capture", operation: "capture", before: [], ends: MONEY };
const VOID: Case = {
  where: "void (after a refused capture)",
  operation: "void",
  before: ["refused_capture"],
  ends: {
    refused: UNDO_PARKS,
    unavailable: UNDO_PARKS,
    lost: UNDO_PARKS,
    timeout: UNDO_PARKS,
    expired_key: FAILS,
    sticky_500: both("PARKED"),
  },
};
const QUERY_AUTHORIZE: Case = {
  where: "query (after a lost authorize)",
  operation: "query",
  before: ["lost_authorize_x1"],
  ends: question(FAILS_IN_THE_END),
};
const QUERY_CAPTURE: Case = {
  where: "query (after a lost capture)",
  operation: "query",
  before: ["lost_capture_x1"],
  ends: question(ANSWER_PARKS),
};
const CASES = [AUTHORIZE, CAPTURE, VOID, QUERY_AUTHORIZE, QUERY_CAPTURE];

/** An expired key shows only where a request is sent again, so its first answer has to be lost. */
const replayed = (fault: string, operation: string): string[] =>
  fault === "expired_key" && operation !== "query" ? [`lost_${operation}_x1`] : [];

function row({ where, operation, before }: Case, fault: string, often: keyof Ends, ends: Ends): Row {
  const times = often === "once" ? "_x1" : "";
  const plan = [...before, ...replayed(fault, operation), `${fault}_${operation}${times}`];
  return { fault, where, often, ends: ends[often], plan: plan.join(",") };
}

/** The provider's webhooks are lost as well: nothing but our own asking finds out. */
export const PROVIDER_ROWS: Row[] = CASES.flatMap((one) =>
  Object.entries(one.ends).flatMap(([fault, ends]) => OFTEN.map((often) => row(one, fault, often, ends))),
);

/** The provider's webhooks arrive, and tell what no call was answered. */
const told = (one: Case, faults: Fault[], ends: Ends): Row[] =>
  faults.map((fault) => row(one, fault, "always", ends));
const UNANSWERED: Fault[] = ["refused", "unavailable", "lost", "timeout", "sticky_500"];

export const WEBHOOK_ROWS: Row[] = [
  ...CASES.flatMap((one) =>
    OFTEN.map((often) => row(one, "duplicate", often, one === VOID ? FAILS : COMPLETES)),
  ),
  ...told(VOID, ["lost", "timeout"], FAILS),
  ...told(QUERY_AUTHORIZE, UNANSWERED, COMPLETES),
  ...told(QUERY_CAPTURE, UNANSWERED, COMPLETES),
];
