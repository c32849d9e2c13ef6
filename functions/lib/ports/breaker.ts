// A breaker per provider, shared by all functions: new work waits while the provider does not answer. No method throws:
// what cannot be known or noted must not stop a payment.
export interface Breaker {
  /** True while the provider gets no new work. */
  isOpen(provider: string): Promise<boolean>;
  /** True when one new saga may set out towards the provider. After a hold few may, as probes, until one is answered. */
  admits(provider: string): Promise<boolean>;
  /** What a call told about the provider itself, whatever it told about the payment. */
  report(provider: string, health: "answered" | "unavailable"): Promise<void>;
}
