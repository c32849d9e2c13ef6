// The Lambda proxy integration. It invokes the function with the event and makes the HTTP answer
// from the result. Whatever goes wrong behind the gateway is a 503 with Retry-After: the client may
// send the same request again.
import { ContentTooLarge, ServiceUnavailable } from "../../../functions/lib/errors/registry.ts";
import { post } from "../common/post.ts";
import { traceHeaders } from "../common/trace.ts";
import { functionArn } from "../lambda/catalog.ts";
import { type Answer, jsonAnswer } from "./http-request.ts";

/**
 * API Gateway's own limit. The time scale divides waits only: this limit bounds work, which
 * gets no faster.
 */
const TIMEOUT_MS = 30_000;

type Result = {
  statusCode?: number;
  headers?: Record<string, string | number | boolean>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
};

/** The function's answer. Throws ServiceUnavailable or ContentTooLarge. */
export async function integrate(
  functionsUrl: string,
  functionName: string,
  event: object,
  trace?: string,
): Promise<Answer> {
  const url = `${functionsUrl}/2015-03-31/functions/${encodeURIComponent(functionArn(functionName))}/invocations`;
  try {
    const type = { "content-type": "application/json", ...traceHeaders(trace) };
    const { status, headers, body } = await post(
      url,
      type,
      JSON.stringify(event),
      AbortSignal.timeout(TIMEOUT_MS),
    );
    if (status === 413) throw new ContentTooLarge("the body exceeds what a function takes");
    if (status !== 200 || headers["x-amz-function-error"] !== undefined) throw new Error(`${status} ${body}`);
    return answerOf(JSON.parse(body));
  } catch (error) {
    if (error instanceof ContentTooLarge) throw error;
    console.error(`${functionName}:`, error);
    throw new ServiceUnavailable("the service gave no answer in time: send the same request again");
  }
}

/** A result without statusCode is itself the body of a 200, as payload format 2.0 says. */
function answerOf(result: Result | null): Answer {
  if (result?.statusCode === undefined) return jsonAnswer(200, result);
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  return {
    status: Number(result.statusCode),
    headers: {
      "content-type": "text/plain; charset=utf-8",
      ...Object.fromEntries(headers),
      ...(result.cookies ? { "set-cookie": result.cookies } : {}),
    },
    body: Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8"),
  };
}
