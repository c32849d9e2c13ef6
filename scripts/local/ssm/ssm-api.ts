// SSM's parameter store as the SDK and the AWS CLI speak it (AWS JSON 1.1).
import { AwsError, type Operations } from "../common/aws-json.ts";
import { counted } from "../common/counted.ts";
import type { Counters } from "../common/counters.ts";
import type { Faults } from "../common/faults.ts";
import type { Parameters } from "./parameters.ts";

/** SSM returns at most ten at once. */
const MOST_RESULTS = 10;
const NAME = /^(\/[A-Za-z0-9_.-]+){1,15}$/;

type ByPath = { Path?: string; Recursive?: boolean; MaxResults?: number; NextToken?: string };
type Put = { Name?: string; Value?: string; Type?: string; Overwrite?: boolean };
export type SsmParts = { parameters: Parameters; counters: Counters; faults: Faults };

export const ssmOperations = ({ parameters, ...parts }: SsmParts): Operations =>
  counted(
    "ssm",
    {
      GetParameter: ({ Name = "" }: { Name?: string }) => getParameter(parameters, Name),
      GetParametersByPath: (input: ByPath) => getByPath(parameters, input),
      PutParameter: (input: Put) => putParameter(parameters, input),
    },
    parts,
  );

function getParameter(parameters: Parameters, name: string) {
  const Parameter = parameters.get(name);
  if (!Parameter) throw new AwsError("ParameterNotFound", "");
  return { Parameter };
}

function getByPath(
  parameters: Parameters,
  { Path = "", Recursive = false, MaxResults = MOST_RESULTS, NextToken }: ByPath,
) {
  if (!/^\/./.test(Path))
    throw new AwsError("ValidationException", "The parameter path must begin with a slash");
  if (!(MaxResults >= 1 && MaxResults <= MOST_RESULTS))
    throw new AwsError("ValidationException", `MaxResults must be 1 to ${MOST_RESULTS}`);
  const after = NextToken === undefined ? "" : Buffer.from(NextToken, "base64url").toString();
  const found = parameters.below(Path, Recursive, after, MaxResults + 1);
  const shown = found.slice(0, MaxResults);
  const last = shown.at(-1)?.Name ?? "";
  return {
    Parameters: shown,
    ...(found.length > shown.length ? { NextToken: Buffer.from(last).toString("base64url") } : {}),
  };
}

function putParameter(parameters: Parameters, { Name = "", Value, Type = "String", Overwrite = false }: Put) {
  if (!NAME.test(Name)) throw new AwsError("ValidationException", `${Name} is no name of a parameter`);
  if (!Value) throw new AwsError("ValidationException", "A parameter has a value");
  if (Type !== "String")
    throw new AwsError("ValidationException", `parameters of type ${Type} are not emulated`);
  const Version = parameters.put(Name, Value, Overwrite);
  if (Version === undefined)
    throw new AwsError(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
  return { Version, Tier: "Standard" };
}
