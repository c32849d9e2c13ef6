// What the sandbox provider stands on in AWS: its own table and queue, and the credentials that
// Contra calls it with. Both its functions need all of it, so it is built when they start.
import { CARD_PROVIDER } from "../../domain/saga-definition.ts";
import { apiUrl, secretName, tableName } from "../../runtime/config.ts";
import type { Post } from "../../sandbox/webhook.ts";
import { sqsClient } from "../aws/sqs.ts";
import { dynamoClient } from "../dynamodb/client.ts";
import { SecretCredentials, secretsClient } from "../providers/secret-credentials.ts";
import { systemClock } from "../system-clock.ts";
import { DynamoBooks } from "./dynamodb-books.ts";
import { signedPost } from "./signed-post.ts";
import { SqsAnnouncements } from "./sqs-announcements.ts";

export { newId } from "../system-clock.ts";

export const clock = systemClock();
export const announcements = new SqsAnnouncements(sqsClient());
export const books = new DynamoBooks(dynamoClient(), clock, tableName("sandbox-books"), announcements);

/** The same secret that Contra reads: what it calls with, and what the webhooks are signed with. */
const credentials = new SecretCredentials(secretsClient(), clock, secretName(CARD_PROVIDER));

export const secret = async (): Promise<string> => (await credentials.read()).key;

/** To the API that the sandbox serves: it tells nobody else. */
export function webhookPost(): Post {
  const newest = async () => (await credentials.read()).webhook_secrets[0] ?? "";
  return signedPost(`${apiUrl()}/provider-webhooks/${CARD_PROVIDER}`, newest, () => clock.now());
}
