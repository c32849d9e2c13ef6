// A request to AWS is signed as AWS's own example is.
import { expect, it } from "@jest/globals";
import { signed } from "../../../../scripts/lib/signature.ts";

/** The example of "Signature Version 4" in the IAM reference: its keys are published there. */
const request = {
  method: "GET",
  url: new URL("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
  headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  body: "",
  region: "us-east-1",
  service: "iam",
  at: new Date("2015-08-30T12:36:00Z"),
};
const credentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

it("signs AWS's example with AWS's signature", () => {
  expect(signed(request, credentials).authorization).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, " +
      "SignedHeaders=content-type;host;x-amz-date, " +
      "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  );
});

it("signs another body, another time and a session otherwise", () => {
  const first = signed(request, credentials).authorization;
  expect(signed({ ...request, body: "x" }, credentials).authorization).not.toBe(first);
  expect(signed({ ...request, at: new Date(0) }, credentials).authorization).not.toBe(first);
  const session = signed(request, { ...credentials, sessionToken: "token" });
  expect(session["x-amz-security-token"]).toBe("token");
  expect(session.authorization).toContain("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token");
});
