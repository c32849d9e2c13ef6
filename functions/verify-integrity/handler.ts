import type { PaymentEvent } from "../lib/contracts/event-types.ts";
import { noteIds } from "../lib/runtime/correlation.ts";
import { log } from "../lib/runtime/log.ts";
import { queueHandler } from "../lib/runtime/queue.ts";
import { hasToldTransition } from "../lib/runtime/transitions.ts";
import {
  clock,
  executions,
  findings,
  ledger,
  payments,
  policies,
  verifications,
  wired,
} from "../lib/wiring.ts";
import { heedFailedExecution, type StatusChange } from "./failed-execution.ts";
import { verifyIntegrity } from "./verify-integrity.ts";

const verify = verifyIntegrity(wired({ payments, ledger, findings, verifications, clock }));

const heed = heedFailedExecution(wired({ payments, findings, policies, clock, executions }));

/**
 * The message is EventBridge's envelope. Its detail is an event of ours, or a status change of an
 * execution.
 */
export const handler = queueHandler(async (body, record) => {
  const envelope = body as { source: string; detail: unknown };
  if (envelope.source === "aws.states") {
    const { name } = envelope.detail as StatusChange;
    noteIds({ execution: typeof name === "string" ? name : undefined });
    const outcome = await heed({ name });
    if (!hasToldTransition()) log.info("execution failed", { outcome });
    return;
  }
  const detail = envelope.detail as PaymentEvent;
  const { payment_id, event_id, merchant_id } = detail;
  noteIds({ payment_id, event_id, merchant_id });
  const verdict = await verify(detail, Number(record.attributes.ApproximateReceiveCount));
  if (verdict !== "open") log.info("verified", { verdict });
});
