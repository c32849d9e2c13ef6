// The Step Functions client, and which machine runs a rail's sagas.
import { SFNClient } from "@aws-sdk/client-sfn";
import { traced } from "../../runtime/tracing.ts";
import { deadline } from "./request-handler.ts";

/** Calls are tried once: a throttled start goes to the queue; a retry would add to the storm. */
export const sfnClient = (): SFNClient =>
  traced(new SFNClient({ maxAttempts: 1, requestHandler: deadline(3_000) }));

export const machineOf = (rail: string): string => `${rail}-payment`;
