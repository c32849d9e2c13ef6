// What a provider knows us by, and what it signs with. Read at each use: a rotation must not wait
// for a deploy.
import type { ProviderCredentials } from "../contracts/types.ts";

export interface Credentials {
  /** Throws ServiceUnavailable. The log names the secret. Neither shows what was read. */
  read(): Promise<ProviderCredentials>;
}
