// The DynamoDB client, its retries under contention, and what its errors mean to a saga.
import { DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { ContraError, InvariantBroken, StoreContention, StoreUnavailable } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import { traced } from "../../runtime/tracing.ts";
import { deadline } from "../aws/request-handler.ts";
import { rehearse } from "./rehearsal.ts";

/** The SDK tries three times, with the same client token for a transaction. */
export function dynamoClient(): DynamoDBClient {
  // What fails here is not what the function is for: its own calls will tell.
  rehearse().catch((error: Error) => process.emitWarning(error));
  return traced(new DynamoDBClient({ maxAttempts: 3, requestHandler: deadline(3_000) }));
}

const CONTENTION = new Set([
  "TransactionConflictException",
  "TransactionInProgressException",
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
]);
const CONTENTION_REASONS = new Set([
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

/** Our own mistakes: no repetition mends them. */
const DEFECTS = new Set(["AccessDeniedException", "ValidationException", "ResourceNotFoundException"]);
/** The same as the reason of a cancelled transaction. */
const DEFECT_REASONS = new Set(["ValidationError", "ItemCollectionSizeLimitExceeded"]);

/**
 * True when nothing was applied because another writer was faster or the table was throttled. One
 * such reason is enough: a failed condition beside it may show only half of the other writer's
 * transaction.
 */
export function isContention(error: unknown): boolean {
  if (error instanceof StoreContention) return true;
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).some((reason) => CONTENTION_REASONS.has(reason.Code ?? "None"));
  }
  return error instanceof Error && CONTENTION.has(error.name);
}

/** What a failure of the store means to a saga; the AWS error stays as the cause. */
export function storeError(error: unknown): Error {
  if (error instanceof ContraError) return error;
  if (isContention(error)) return new StoreContention("the store was busy", { cause: causeOf(error) });
  const defect = defectIn(error);
  if (defect)
    return new InvariantBroken(`the store refused the request: ${defect}`, { cause: causeOf(error) });
  return new StoreUnavailable("the store gave no usable answer", { cause: causeOf(error) });
}

/** What the store refuses for good; undefined for everything else. */
function defectIn(error: unknown): string | undefined {
  if (error instanceof TransactionCanceledException)
    return error.CancellationReasons?.find(({ Code }) => DEFECT_REASONS.has(Code ?? "None"))?.Code;
  return error instanceof Error && DEFECTS.has(error.name) ? error.name : undefined;
}

/** The error without the items that DynamoDB adds to it: they hold what must not reach a log. */
const causeOf = (error: unknown): Error => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return Object.assign(new Error(message), { name });
};

const TRIES = 6;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Runs a call while it meets contention, with full jitter: six times, and for as long as
 * `patientUntil` (milliseconds since the epoch) has not come. Throws the last error.
 */
export async function throughContention<T>(
  clock: Clock,
  call: () => Promise<T>,
  patientUntil = 0,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const isOver = attempt >= TRIES && clock.now() >= patientUntil;
      if (!isContention(error) || isOver) throw error;
      await clock.sleep(clock.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
    }
  }
}

/**
 * Which writes of a cancelled transaction failed their condition, as far as DynamoDB reports it: it
 * need not report all of them. Undefined when the transaction failed for another reason.
 */
export function failedConditions(error: unknown): boolean[] | undefined {
  if (!(error instanceof TransactionCanceledException) || isContention(error)) return undefined;
  const failed = (error.CancellationReasons ?? []).map((reason) => reason.Code === "ConditionalCheckFailed");
  return failed.some(Boolean) ? failed : undefined;
}
