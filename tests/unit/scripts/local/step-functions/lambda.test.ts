import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { json, listen, type Response } from "../../../../../scripts/local/common/http.ts";
import { lambdaInvoker } from "../../../../../scripts/local/step-functions/lambda.ts";
import { closeServers, urlOf } from "../../../../support/servers.ts";

let server: Server;
let answer: Response;
let paths: string[];

beforeAll(async () => {
  server = await listen(0, ({ path }) => {
    paths.push(path);
    return answer;
  });
});
afterAll(() => closeServers(server));

const task = {
  state: "PostLedger",
  resource: "arn:aws:lambda:us-east-1:0:function:local-post-ledger:live",
  payload: { a: 1 },
};

function invoke(response: Response, base = urlOf(server)) {
  answer = response;
  paths = [];
  return lambdaInvoker(base)(task, new AbortController().signal);
}

describe("invoking a function", () => {
  it("answers its result", async () => {
    expect(await invoke(json(200, { b: 2 }))).toEqual({ b: 2 });
    expect(decodeURIComponent(paths[0] ?? "")).toBe(`/2015-03-31/functions/${task.resource}/invocations`);
  });

  it("names the function's own error and keeps all of it as the cause", async () => {
    const body = { errorType: "CardDeclined", errorMessage: "no", trace: [] };
    const failing = invoke(json(200, body, { "x-amz-function-error": "Unhandled" }));
    await expect(failing).rejects.toMatchObject({ name: "CardDeclined", message: JSON.stringify(body) });
  });

  it.each([
    ["Lambda.Unknown", json(200, null, { "x-amz-function-error": "Unhandled" })],
    ["Lambda.Unknown", { status: 200, body: "no json" }],
    ["Lambda.TooManyRequestsException", json(429, {})],
    ["Lambda.ServiceException", json(500, {})],
    ["Lambda.ResourceNotFoundException", json(404, {}, { "x-amzn-errortype": "ResourceNotFoundException" })],
    ["Lambda.SdkClientException", { status: 200, destroy: true }],
  ])("names %s when Lambda answers like %j", async (name, response) => {
    await expect(invoke(response)).rejects.toMatchObject({ name });
  });

  it("names Lambda.SdkClientException when nobody listens", async () => {
    await expect(invoke(json(200, {}), "http://127.0.0.1:1")).rejects.toMatchObject({
      name: "Lambda.SdkClientException",
    });
  });
});
