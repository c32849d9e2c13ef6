// Starting sagas: at once, or by the queue when Step Functions cannot take them now.
export interface StartQueue {
  /** Queues the start. False when the queue did not take it; the sweep then finds the payment. */
  enqueue(paymentId: string, delaySeconds?: number, execution?: string): Promise<boolean>;
}

export interface SagaStarter extends StartQueue {
  /**
   * Starts the rail's machine under the payment's id, or under a later attempt's name. True when it
   * runs or ran, false when it cannot be started now. Throws InvariantBroken when it can never be
   * started.
   */
  start(rail: string, paymentId: string, execution?: string): Promise<boolean>;
}
