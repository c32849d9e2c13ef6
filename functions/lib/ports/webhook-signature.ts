// Distinguishes a webhook that its sender signed from one that anybody could have sent.
export interface WebhookSignature {
  /**
   * True only for these very bytes, signed with a valid secret within the last five minutes. Throws
   * ServiceUnavailable when that cannot be decided.
   */
  isAuthentic(rawBody: string, headers: Record<string, string | undefined>): Promise<boolean>;
}
