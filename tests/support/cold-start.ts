// Loads a module of functions/ as a cold start does: anew, and with the environment of a function.
import { join } from "node:path";
import { jest } from "@jest/globals";

/** What every function finds in its environment; nothing listens at these addresses. */
export const ENVIRONMENT: Record<string, string> = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  CONTRA_FUNCTION: "a-function",
  CONTRA_PREFIX: "test-",
  CONTRA_ACCOUNT_ID: "000000000000",
  CONTRA_ENVIRONMENT: "test",
  CONTRA_PROVIDER_URL: "http://127.0.0.1:1",
  CONTRA_LOG_LEVEL: "SILENT",
  POWERTOOLS_METRICS_DISABLED: "true",
};
/** What it may find there. */
const UNSET = {
  CONTRA_POLICY: undefined,
  CONTRA_SCOPE_PREFIX: undefined,
  CONTRA_TIME_SCALE: undefined,
  CONTRA_KEY_TTL_SECONDS: undefined,
  CONTRA_METRICS: undefined,
};

/**
 * `path` is relative to functions/. A variable that is `undefined` is missing. Throws what loading
 * throws.
 */
export function coldStart<Module>(path: string, env: Record<string, string | undefined> = {}): Module {
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...UNSET, ...env })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  jest.resetModules();
  return jest.requireActual(join(__dirname, "..", "..", "functions", path)) as Module;
}
