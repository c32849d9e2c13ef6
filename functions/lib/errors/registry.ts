// Every error that Contra names, in one closed set: the exports of saga-errors.ts and
// request-errors.ts. A name is a fact, without a suffix. Step Functions reads it in ErrorEquals,
// clients read it as `code`. The error's kind decides what the machines do.
import type { ContraError, Kind } from "./contra-error.ts";
import * as requestErrors from "./request-errors.ts";
import * as sagaErrors from "./saga-errors.ts";

export { ContraError, type FieldError, type Kind, RequestError } from "./contra-error.ts";
export * from "./request-errors.ts";
export * from "./saga-errors.ts";

/**
 * Errors that AWS itself gives a Task, by kind. All but throttling may follow an invocation, so
 * they are unknown. Source: Step Functions developer guide, "Handling errors"; Lambda Invoke API
 * errors.
 */
export const PLATFORM_ERRORS = {
  transient: ["Lambda.TooManyRequestsException"],
  unknown: [
    "States.Timeout",
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "Lambda.Unknown",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ResourceNotReadyException",
    "Lambda.EC2ThrottledException",
    "Lambda.KMSThrottlingException",
    "Runtime.OutOfMemory",
  ],
} as const;

/**
 * Every leaf class, by its name: tests count them and compare them with the machines. The
 * annotation lets a bundle leave this out where nothing looks up a name.
 */
export const REGISTRY = /* @__PURE__ */ Object.assign({}, sagaErrors, requestErrors);

export type ErrorName = keyof typeof REGISTRY;

/** The registered error of that name; undefined for a name that is not ours. */
export function errorNamed(name: string, message: string): ContraError | undefined {
  return Object.hasOwn(REGISTRY, name) ? new REGISTRY[name as ErrorName](message) : undefined;
}

/** The kind of the registered error of that name; undefined for a name that is not ours. */
export function kindOf(name: string): Kind | undefined {
  return Object.hasOwn(REGISTRY, name) ? new REGISTRY[name as ErrorName]("").kind : undefined;
}
