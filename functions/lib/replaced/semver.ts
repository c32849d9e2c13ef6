// In place of semver. The X-Ray SDK compares with it the version of an AWS SDK 2, which no function
// has.
export function gte(): never {
  throw new Error("captureAWS is for version 2 of the AWS SDK: use captureAWSv3Client");
}
