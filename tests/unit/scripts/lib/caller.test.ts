// Who runs a script is who its AWS credentials are, as STS says, and nobody when STS does not.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { handOf } from "../../../../scripts/lib/by-hand.ts";
import { callerOf } from "../../../../scripts/lib/caller.ts";

const ARN = "arn:aws:sts::111122223333:assumed-role/operators/mia";
let sts: Server;
let answer: { status: number; body: string };
const asked: { headers: IncomingMessage["headers"]; body: string }[] = [];
beforeAll(async () => {
  sts = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ headers: request.headers, body });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(sts.address() as AddressInfo).port}/`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "a secret",
    AWS_SESSION_TOKEN: "a session",
  });
});
afterAll(() => {
  sts?.close();
});

describe("the caller of a script", () => {
  it("is the ARN of its credentials, asked for with their signature", async () => {
    answer = { status: 200, body: `<GetCallerIdentityResult><Arn>${ARN}</Arn></GetCallerIdentityResult>` };
    expect(await callerOf("dev")).toBe(ARN);
    const { headers, body } = asked.at(-1) ?? { headers: {}, body: "" };
    expect(body).toBe("Action=GetCallerIdentity&Version=2011-06-15");
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sts\/aws4_request, SignedHeaders=/,
    );
    expect(headers["x-amz-security-token"]).toBe("a session");
  });

  it.each([
    [
      403,
      "<Error><Message>The security token is expired</Message></Error>",
      "403 The security token is expired",
    ],
    [200, "<html>a proxy's own page</html>", "200"],
  ])("is nobody when STS does not say: %p %s", async (status, body, sentence) => {
    answer = { status, body };
    await expect(callerOf("dev")).rejects.toThrow(`STS does not say who you are: ${sentence}`);
  });

  it("on a laptop is the user of the machine, and STS is not asked", async () => {
    const before = asked.length;
    expect(await callerOf("local")).toBe(`local:${userInfo().username}`);
    expect(asked.length).toBe(before);
  });

  it.each([undefined, "", "  ", "x".repeat(501)])("gives a reason, and not %p", async (reason) => {
    await expect(handOf("local", reason)).rejects.toThrow("REASON");
    expect((await handOf("local", "contract 12")).reason).toBe("contract 12");
  });
});
