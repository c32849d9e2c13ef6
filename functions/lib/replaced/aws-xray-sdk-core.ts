// In place of aws-xray-sdk-core, with the parts that trace a client on Lambda, started as the
// package starts itself there. What traces servers, samples their requests and asks where they run
// stays out.
import contextUtils from "aws-xray-sdk-core/dist/lib/context_utils.js";
// @ts-expect-error: the package declares no types of it.
import lambda from "aws-xray-sdk-core/dist/lib/env/aws_lambda.js";
import { captureAWSClient } from "aws-xray-sdk-core/dist/lib/patchers/aws3_p.js";
import segmentUtils from "aws-xray-sdk-core/dist/lib/segments/segment_utils.js";
import sdk from "aws-xray-sdk-core/package.json" with { type: "json" };

segmentUtils.setSDKData({ sdk: "X-Ray for Node.js", sdk_version: sdk.version, package: sdk.name });
segmentUtils.setServiceData({
  runtime: process.release.name,
  runtime_version: process.version,
  version: "unknown",
  name: "unknown",
});
if (process.env.LAMBDA_TASK_ROOT) lambda.init();

export default {
  setContextMissingStrategy: contextUtils.setContextMissingStrategy,
  captureAWSv3Client: captureAWSClient,
};
