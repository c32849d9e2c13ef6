// What a provider knows us by and what it signs with. Asked for at each use: a rotation must not wait for a deploy.
import type { ProviderCredentials } from "../contracts/types.ts";

export interface Credentials {
  /** Throws ServiceUnavailable, and the log says which secret it is about: what was read stands in neither. */
  read(): Promise<ProviderCredentials>;
}
