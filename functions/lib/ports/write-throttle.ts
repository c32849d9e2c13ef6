// How many writes of a merchant are taken, where its policy says a rate.
export interface WriteThrottle {
  /**
   * Takes one token of the merchant's: for a request that is well-formed, before anything is
   * written for it. Throws RateLimited. Where the rate or the bucket cannot be read or written the
   * request is taken: a throttle that fails must not stop payments.
   */
  take(merchantId: string): Promise<void>;
}
