// Tells a webhook that a sender signed from one that anybody could have sent.
export interface WebhookSignature {
  /**
   * True only for these very bytes, signed with a secret that is valid, within the last five minutes. Throws
   * ServiceUnavailable where that cannot be told.
   */
  isAuthentic(rawBody: string, headers: Record<string, string | undefined>): Promise<boolean>;
}
