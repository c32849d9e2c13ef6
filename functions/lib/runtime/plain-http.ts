// The HTTP edge of a function outside of Contra's API: requests and answers, no tokens, no problem
// documents.
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { withIds } from "./correlation.ts";
import { log } from "./log.ts";

export type PlainRequest = {
  path: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  headers: Record<string, string | undefined>;
  body: string;
};
export type PlainAnswer = { status: number; body: unknown; headers?: Record<string, string> };

/** The handler of all routes; what `answer` throws is a 500 that says nothing. */
export const plainHttpHandler =
  (answer: (routeKey: string, request: PlainRequest) => Promise<PlainAnswer>) =>
  (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { routeKey, pathParameters = {}, queryStringParameters = {}, headers, isBase64Encoded } = event;
    const body = Buffer.from(event.body ?? "", isBase64Encoded ? "base64" : "utf8").toString();
    return withIds({ request_id: event.requestContext.requestId }, async () => {
      try {
        const request = { path: pathParameters, query: queryStringParameters, headers, body };
        return write(await answer(routeKey, request));
      } catch (error) {
        log.error("request failed", { route: routeKey, error });
        return write({
          status: 500,
          body: { error: { code: "internal_error", message: "something failed" } },
        });
      }
    });
  };

const write = ({ status, body, headers }: PlainAnswer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
