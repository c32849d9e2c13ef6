// A breaker per provider, shared by all functions: new work waits while the provider does not
// answer. No method throws: a breaker that cannot be read or written must not stop a payment.
export interface Breaker {
  /** True while the provider gets no new work. */
  isOpen(provider: string): Promise<boolean>;
  /**
   * True when a new saga may start towards the provider. After a hold only a few may, as probes,
   * until one is answered.
   */
  admits(provider: string): Promise<boolean>;
  /** What a call showed of the provider itself, whatever became of the payment. */
  report(provider: string, health: "answered" | "unavailable"): Promise<void>;
}
