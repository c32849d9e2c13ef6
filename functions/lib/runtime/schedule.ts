// Runs a function on a schedule. A run that fails is logged, and the next one catches up.
import type { Context } from "aws-lambda";
import { withIds } from "./correlation.ts";
import { log } from "./log.ts";

/** `leftMs` is what the function has left to live. */
export const scheduleHandler =
  (run: (leftMs: number) => Promise<void>) =>
  (_event: unknown, context: Context): Promise<void> =>
    withIds({ request_id: context.awsRequestId }, async () => {
      try {
        await run(context.getRemainingTimeInMillis());
      } catch (error) {
        log.error("scheduled run failed", { error });
        throw error;
      }
    });
