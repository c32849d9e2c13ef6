// The AWS JSON protocol (1.0 and 1.1). X-Amz-Target names the operation. Errors carry `__type`.
import { json, type Request, type Response } from "./http.ts";

/** Thrown by an operation. The SDK on the other side sees an exception of this name. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;
  constructor(type: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.type = type;
    this.status = status;
    this.fields = fields;
  }
}

export type Operations = Record<
  string,
  // biome-ignore lint/suspicious/noExplicitAny: the shapes are AWS's; operations narrow it.
  (input: any, headers?: Request["headers"]) => unknown | Promise<unknown>
>;

/** Runs the operation that the request names. Its result or its error becomes the answer. */
export async function answerAwsJson(request: Request, operations: Operations): Promise<Response> {
  const target = String(request.headers["x-amz-target"] ?? "");
  const operation = target.slice(target.indexOf(".") + 1);
  const run = operations[operation];
  if (!run) return json(400, { __type: "UnknownOperationException", message: `${target} is not emulated` });
  const contentType = String(request.headers["content-type"] ?? "application/x-amz-json-1.0");
  try {
    const output = await run(JSON.parse(request.body.toString() || "{}"), request.headers);
    return json(200, output ?? {}, { "content-type": contentType });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const body = { __type: error.type, message: error.message, ...error.fields };
    return json(error.status, body, { "content-type": contentType, "x-amzn-errortype": error.type });
  }
}
