// Credentials that a test holds in its hand.
import type { Credentials } from "../../../functions/lib/ports/credentials.ts";

export const credentialsOf = (key: string, ...webhook_secrets: string[]): Credentials => ({
  read: async () => ({ key, webhook_secrets }),
});
