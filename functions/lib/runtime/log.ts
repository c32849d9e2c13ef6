// Structured logs: one JSON line with the correlation ids of the invocation. Bodies, tokens and cards never get here.
import { Logger } from "@aws-lambda-powertools/logger";
import { functionName } from "./config.ts";

export const log = new Logger({ serviceName: functionName() });
