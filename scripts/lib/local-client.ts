// The AWS SDK's client of a laptop's tables, for whoever is no part of the stack: the parts ask by
// plain requests.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { REGION } from "../local/common/settings.ts";

export const localClient = (endpoint: string, accessKeyId = "local"): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: "local" },
  });
