// The messages between an environment and the runtime in its worker thread. Events and results
// travel as JSON text, as on Lambda, so that only JSON can pass.

/**
 * The body of a failed invocation, as Lambda's Node runtime shapes it. Step
 * Functions reads `errorType`.
 */
export type FunctionError = { errorType: string; errorMessage: string; trace?: string[] };

export type Invocation = {
  requestId: string;
  functionArn: string;
  /** JSON text. */
  event: string;
  /** Epoch milliseconds at which the invocation is cut off. */
  deadline: number;
  traceHeader: string;
};

export type RuntimeMessage =
  | { kind: "ready" }
  | { kind: "init_failed"; error: FunctionError }
  | { kind: "succeeded"; payload: string }
  | { kind: "failed"; error: FunctionError }
  /** An error outside the handler's promise. It ends the environment. */
  | { kind: "crashed"; error: FunctionError };

/** The result of an invocation. After a failure the payload is a FunctionError. */
export type Outcome = { failed: boolean; payload: string };

export const failure = (errorType: string, errorMessage: string): FunctionError => ({
  errorType,
  errorMessage,
  trace: [],
});
export const failed = (error: FunctionError): Outcome => ({ failed: true, payload: JSON.stringify(error) });
