// Secrets Manager as the SDK and the AWS CLI speak it (AWS JSON 1.1). It reads a secret and puts
// its next value.
import { AwsError, type Operations } from "../common/aws-json.ts";
import { counted } from "../common/counted.ts";
import type { Counters } from "../common/counters.ts";
import type { Faults } from "../common/faults.ts";
import { type Secrets, type Stage, secretArn } from "./secrets.ts";

type Get = { SecretId?: string; VersionStage?: string; VersionId?: string };
type Put = { SecretId?: string; SecretString?: string; ClientRequestToken?: string };
export type SecretsParts = { secrets: Secrets; counters: Counters; faults: Faults };

export const secretsOperations = ({ secrets, ...parts }: SecretsParts): Operations =>
  counted(
    "secretsmanager",
    {
      GetSecretValue: (input: Get) => getSecretValue(secrets, input),
      PutSecretValue: (input: Put) => putSecretValue(secrets, input),
    },
    parts,
  );

const notFound = (): AwsError =>
  new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** A secret is named by its name or by its whole ARN. */
const nameOf = (id: string): string => /:secret:(.+)-[A-Za-z0-9]{6}$/.exec(id)?.[1] ?? id;

const isStage = (text: string): text is Stage => text === "AWSCURRENT" || text === "AWSPREVIOUS";

function getSecretValue(secrets: Secrets, { SecretId = "", VersionStage = "AWSCURRENT", VersionId }: Get) {
  if (VersionId !== undefined)
    throw new AwsError("InvalidParameterException", "reading a version by its id is not emulated");
  const name = nameOf(SecretId);
  const version = isStage(VersionStage) ? secrets.get(name, VersionStage) : undefined;
  if (!version) throw notFound();
  return {
    ARN: secretArn(name),
    Name: name,
    VersionId: version.versionId,
    SecretString: version.value,
    VersionStages: [VersionStage],
    CreatedDate: version.createdAt / 1000,
  };
}

function putSecretValue(
  secrets: Secrets,
  { SecretId = "", SecretString, ClientRequestToken = crypto.randomUUID() }: Put,
) {
  if (!SecretString) throw new AwsError("InvalidParameterException", "You must provide a SecretString.");
  const name = nameOf(SecretId);
  if (!secrets.put(name, SecretString, ClientRequestToken)) throw notFound();
  return {
    ARN: secretArn(name),
    Name: name,
    VersionId: ClientRequestToken,
    VersionStages: ["AWSCURRENT"],
  };
}
